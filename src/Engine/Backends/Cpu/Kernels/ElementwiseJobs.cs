using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>y = f(x), written for a vector of elements.</summary>
internal interface IUnaryOperator<T>
    where T : unmanaged
{
    Vector512<T> Invoke(Vector512<T> x);
}

/// <summary>y = f(a, b), written for a vector of elements.</summary>
internal interface IBinaryOperator<T>
    where T : unmanaged
{
    Vector512<T> Invoke(Vector512<T> a, Vector512<T> b);
}

/// <summary>y[i] = f(x[i]) over whole tensors.</summary>
internal readonly unsafe struct UnaryJob<T, TOperator>(TOperator f, T* x, T* y, Partition partition) : IParallelJob
    where T : unmanaged
    where TOperator : unmanaged, IUnaryOperator<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int index)
    {
        (int i, int end) = partition[index];
        for (; i <= end - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            f.Invoke(Vector512.Load(x + i)).Store(y + i);
        }

        if (i < end)
        {
            Lanes.Store(f.Invoke(Lanes.Load(x + i, end - i)), y + i, end - i);
        }
    }
}

/// <summary>y[i] = f(a[i], b[i]) over whole tensors of one shape.</summary>
internal readonly unsafe struct BinaryJob<T, TOperator>(TOperator f, T* a, T* b, T* y, Partition partition) : IParallelJob
    where T : unmanaged
    where TOperator : unmanaged, IBinaryOperator<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int index)
    {
        (int i, int end) = partition[index];
        for (; i <= end - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            f.Invoke(Vector512.Load(a + i), Vector512.Load(b + i)).Store(y + i);
        }

        if (i < end)
        {
            Lanes.Store(f.Invoke(Lanes.Load(a + i, end - i), Lanes.Load(b + i, end - i)), y + i, end - i);
        }
    }
}
