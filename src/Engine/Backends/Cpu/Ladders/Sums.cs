using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>A way to add numbers up.</summary>
internal unsafe interface ISum<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The sum of so many numbers.</summary>
    T Run(T* x, int count);
}

/// <summary>One sum: an addition takes 3 or 4 cycles, and each needs the result of the one before.</summary>
internal readonly unsafe struct OneSum<T> : ISum<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T Run(T* x, int count)
    {
        T sum = T.Zero;
        for (int i = 0; i < count; i++)
        {
            sum += x[i];
        }

        return sum;
    }
}

/// <summary>Eight sums in turn. The compiler may not do this by itself: (a + b) + c is not a + (b + c) in floating point.</summary>
internal readonly unsafe struct EightSums<T> : ISum<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public T Run(T* x, int count)
    {
        T s0 = T.Zero, s1 = T.Zero, s2 = T.Zero, s3 = T.Zero, s4 = T.Zero, s5 = T.Zero, s6 = T.Zero, s7 = T.Zero;
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            s0 += x[i];
            s1 += x[i + 1];
            s2 += x[i + 2];
            s3 += x[i + 3];
            s4 += x[i + 4];
            s5 += x[i + 5];
            s6 += x[i + 6];
            s7 += x[i + 7];
        }

        T tail = default(OneSum<T>).Run(x + i, count - i);
        return s0 + s1 + (s2 + s3) + (s4 + s5 + (s6 + s7)) + tail;
    }
}

/// <summary>Eight registers of sums: now the loads are what takes the time, two or three registers per cycle.</summary>
internal readonly unsafe struct VectorSums<T> : ISum<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Run(T* x, int count)
    {
        T sum;
        Widest.Run<T, Kernel>(new Kernel(x, count, &sum));
        return sum;
    }

    private readonly struct Kernel(T* x, int count, T* sum) : IWidthRoutine<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            // s + x as s + 1·x: the interface of registers has no other addition, and it takes no longer.
            TVector one = TSimd.Broadcast(T.One), zero = TSimd.Broadcast(T.Zero);
            TVector s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
            int i = 0;
            for (; i <= count - (8 * TSimd.Lanes); i += 8 * TSimd.Lanes)
            {
                s0 = TSimd.MultiplyAdd(one, TSimd.Load(x + i), s0);
                s1 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + TSimd.Lanes), s1);
                s2 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + (2 * TSimd.Lanes)), s2);
                s3 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + (3 * TSimd.Lanes)), s3);
                s4 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + (4 * TSimd.Lanes)), s4);
                s5 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + (5 * TSimd.Lanes)), s5);
                s6 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + (6 * TSimd.Lanes)), s6);
                s7 = TSimd.MultiplyAdd(one, TSimd.Load(x + i + (7 * TSimd.Lanes)), s7);
            }

            T total = TSimd.Sum(s0) + TSimd.Sum(s1) + (TSimd.Sum(s2) + TSimd.Sum(s3));
            total += TSimd.Sum(s4) + TSimd.Sum(s5) + (TSimd.Sum(s6) + TSimd.Sum(s7));
            *sum = total + default(OneSum<T>).Run(x + i, count - i);
        }
    }
}
