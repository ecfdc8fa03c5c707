using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>x ← a·x + b, many times, for many x: what differs is how many x are under way at once.</summary>
internal unsafe interface IChains<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>a of x ← a·x + b, below 1 so that nothing overflows.</summary>
    static T Factor => T.CreateTruncating(0.75);

    /// <summary>b.</summary>
    static T Term => T.CreateTruncating(0.125);

    /// <summary>Takes each of so many numbers so many steps.</summary>
    void Run(T* from, T* to, int count, int steps);
}

/// <summary>
/// A multiply–add takes about 4 cycles from start to end, and a processor starts two of them in every cycle. A single chain
/// uses one start in eight.
/// </summary>
internal readonly unsafe struct OneAtATime<T> : IChains<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(T* from, T* to, int count, int steps)
    {
        T a = IChains<T>.Factor, b = IChains<T>.Term;
        for (int i = 0; i < count; i++)
        {
            T x = from[i];
            for (int step = 0; step < steps; step++)
            {
                x = T.MultiplyAddEstimate(a, x, b);
            }

            to[i] = x;
        }
    }
}

/// <summary>Eight chains side by side: 2 starts × 4 cycles. No new instruction, eight times the work per second.</summary>
internal readonly unsafe struct EightAtATime<T> : IChains<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(T* from, T* to, int count, int steps)
    {
        T a = IChains<T>.Factor, b = IChains<T>.Term;
        for (int i = 0; i < count; i += 8)
        {
            T x0 = from[i], x1 = from[i + 1], x2 = from[i + 2], x3 = from[i + 3];
            T x4 = from[i + 4], x5 = from[i + 5], x6 = from[i + 6], x7 = from[i + 7];
            for (int step = 0; step < steps; step++)
            {
                x0 = T.MultiplyAddEstimate(a, x0, b);
                x1 = T.MultiplyAddEstimate(a, x1, b);
                x2 = T.MultiplyAddEstimate(a, x2, b);
                x3 = T.MultiplyAddEstimate(a, x3, b);
                x4 = T.MultiplyAddEstimate(a, x4, b);
                x5 = T.MultiplyAddEstimate(a, x5, b);
                x6 = T.MultiplyAddEstimate(a, x6, b);
                x7 = T.MultiplyAddEstimate(a, x7, b);
            }

            (to[i], to[i + 1], to[i + 2], to[i + 3]) = (x0, x1, x2, x3);
            (to[i + 4], to[i + 5], to[i + 6], to[i + 7]) = (x4, x5, x6, x7);
        }
    }
}

/// <summary>One register of numbers per instruction, in a single chain.</summary>
internal readonly unsafe struct VectorAtATime<T> : IChains<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run(T* from, T* to, int count, int steps) => Widest.Run<T, Kernel>(new Kernel(from, to, count, steps));

    private readonly struct Kernel(T* from, T* to, int count, int steps) : IWidthRoutine<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            TVector a = TSimd.Broadcast(IChains<T>.Factor), b = TSimd.Broadcast(IChains<T>.Term);
            for (int i = 0; i < count; i += TSimd.Lanes)
            {
                TVector x = TSimd.Load(from + i);
                for (int step = 0; step < steps; step++)
                {
                    x = TSimd.MultiplyAdd(a, x, b);
                }

                TSimd.Store(x, to + i);
            }
        }
    }
}

/// <summary>Twelve registers of numbers, twelve chains: more than the eight that fill every cycle, fewer than there are registers.</summary>
/// <remarks>The count is a multiple of twelve of the widest vectors.</remarks>
internal readonly unsafe struct TwelveVectors<T> : IChains<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run(T* from, T* to, int count, int steps) => Widest.Run<T, Kernel>(new Kernel(from, to, count, steps));

    private readonly struct Kernel(T* from, T* to, int count, int steps) : IWidthRoutine<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            TVector a = TSimd.Broadcast(IChains<T>.Factor), b = TSimd.Broadcast(IChains<T>.Term);
            for (int i = 0; i < count; i += 12 * TSimd.Lanes)
            {
                T* x = from + i, y = to + i;
                TVector x0 = TSimd.Load(x), x1 = TSimd.Load(x + TSimd.Lanes), x2 = TSimd.Load(x + (2 * TSimd.Lanes));
                TVector x3 = TSimd.Load(x + (3 * TSimd.Lanes)), x4 = TSimd.Load(x + (4 * TSimd.Lanes)), x5 = TSimd.Load(x + (5 * TSimd.Lanes));
                TVector x6 = TSimd.Load(x + (6 * TSimd.Lanes)), x7 = TSimd.Load(x + (7 * TSimd.Lanes)), x8 = TSimd.Load(x + (8 * TSimd.Lanes));
                TVector x9 = TSimd.Load(x + (9 * TSimd.Lanes)), xA = TSimd.Load(x + (10 * TSimd.Lanes)), xB = TSimd.Load(x + (11 * TSimd.Lanes));
                for (int step = 0; step < steps; step++)
                {
                    x0 = TSimd.MultiplyAdd(a, x0, b);
                    x1 = TSimd.MultiplyAdd(a, x1, b);
                    x2 = TSimd.MultiplyAdd(a, x2, b);
                    x3 = TSimd.MultiplyAdd(a, x3, b);
                    x4 = TSimd.MultiplyAdd(a, x4, b);
                    x5 = TSimd.MultiplyAdd(a, x5, b);
                    x6 = TSimd.MultiplyAdd(a, x6, b);
                    x7 = TSimd.MultiplyAdd(a, x7, b);
                    x8 = TSimd.MultiplyAdd(a, x8, b);
                    x9 = TSimd.MultiplyAdd(a, x9, b);
                    xA = TSimd.MultiplyAdd(a, xA, b);
                    xB = TSimd.MultiplyAdd(a, xB, b);
                }

                TSimd.Store(x0, y);
                TSimd.Store(x1, y + TSimd.Lanes);
                TSimd.Store(x2, y + (2 * TSimd.Lanes));
                TSimd.Store(x3, y + (3 * TSimd.Lanes));
                TSimd.Store(x4, y + (4 * TSimd.Lanes));
                TSimd.Store(x5, y + (5 * TSimd.Lanes));
                TSimd.Store(x6, y + (6 * TSimd.Lanes));
                TSimd.Store(x7, y + (7 * TSimd.Lanes));
                TSimd.Store(x8, y + (8 * TSimd.Lanes));
                TSimd.Store(x9, y + (9 * TSimd.Lanes));
                TSimd.Store(xA, y + (10 * TSimd.Lanes));
                TSimd.Store(xB, y + (11 * TSimd.Lanes));
            }
        }
    }
}
