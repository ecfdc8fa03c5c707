using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>The softmax of one row.</summary>
internal static unsafe class SoftmaxRow
{
    /// <summary>y = softmax(x). Returns the row's maximum m and Σ e^(x − m).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (T Max, T Sum) Forward<T>(T* x, int classes, T* y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = Largest.Of(x, classes);
        Vector512<T> shift = Vector512.Create(max), sums = default;
        for (int i = 0; i < classes; i += Vector512<T>.Count)
        {
            int count = classes - i;
            Vector512<T> power = VectorMath.Exp(Lanes.Load(x + i, count) - shift);
            Lanes.Store(power, y + i, count);
            sums += Lanes.Keep(power, count, T.Zero);
        }

        T sum = Lanes.Sum(sums);
        Vector512<T> divisor = Vector512.Create(sum);
        for (int i = 0; i < classes; i += Vector512<T>.Count)
        {
            int count = classes - i;
            Lanes.Store(Lanes.Load(y + i, count) / divisor, y + i, count);
        }

        return (max, sum);
    }
}

/// <summary>y = softmax(x), row by row.</summary>
internal readonly unsafe struct SoftmaxJob<T>(T* x, int classes, T* y, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int row = from; row < to; row++)
        {
            nint start = (nint)row * classes;
            SoftmaxRow.Forward(x + start, classes, y + start);
        }
    }
}

/// <summary>dx = y·(g − Σ g·y), row by row.</summary>
internal readonly unsafe struct SoftmaxBackwardJob<T>(T* y, T* g, int classes, T* dx, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        for (int row = from; row < to; row++)
        {
            T* py = y + ((nint)row * classes), pg = g + ((nint)row * classes), pdx = dx + ((nint)row * classes);
            Vector512<T> dot = Vector512.Create(Pairwise.Sum(py, pg, classes, default(PairProduct<T>)));
            for (int i = 0; i < classes; i += Vector512<T>.Count)
            {
                int count = classes - i;
                Lanes.Store(Lanes.Load(py + i, count) * (Lanes.Load(pg + i, count) - dot), pdx + i, count);
            }
        }
    }
}

/// <summary>Probabilities, and per job the sum of the rows' losses Σ t·((m − x) + ln Σ e^(x − m)).</summary>
internal readonly unsafe struct SoftmaxCrossEntropyJob<T>(
    T* x, T* targets, int* labels, int classes, T* probabilities, double* losses, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        double loss = 0;
        for (int row = from; row < to; row++)
        {
            nint start = (nint)row * classes;
            (T max, T sum) = SoftmaxRow.Forward(x + start, classes, probabilities + start);
            double m = double.CreateTruncating(max), logSum = Math.Log(double.CreateTruncating(sum));
            if (labels is not null)
            {
                loss += m - double.CreateTruncating(x[start + labels[row]]) + logSum;
                continue;
            }

            for (nint i = start; i < start + classes; i++)
            {
                if (targets[i] != T.Zero)
                {
                    loss += double.CreateTruncating(targets[i]) * (m - double.CreateTruncating(x[i]) + logSum);
                }
            }
        }

        losses[index] = loss;
    }
}

/// <summary>dx = (p·Σ t − t) / N, row by row; p/N, and (p − 1)/N for the label.</summary>
internal readonly unsafe struct SoftmaxCrossEntropyBackwardJob<T>(
    T* probabilities, T* targets, int* labels, int rows, int classes, T* dx, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Execute(int index)
    {
        T n = T.CreateTruncating(rows);
        (int from, int to) = partition[index];
        for (int row = from; row < to; row++)
        {
            T* p = probabilities + ((nint)row * classes), output = dx + ((nint)row * classes);
            if (labels is null)
            {
                T* t = targets + ((nint)row * classes);
                T total = Pairwise.Sum(t, t, classes, default(Value<T>));
                new Strip(1, classes, classes).Map(p, t, output, new TargetsBackward<T>(total, n));
            }
            else
            {
                new Strip(1, classes, classes).Map(p, p, output, new LabelsBackward<T>(n));
                output[labels[row]] = (p[labels[row]] - T.One) / n;
            }
        }
    }
}

/// <summary>Probabilities, and per job the sum of max(x, 0) − x·t + ln(1 + e^−|x|).</summary>
internal readonly unsafe struct LogisticCrossEntropyJob<T>(T* x, T* targets, T* probabilities, double* losses, Partition partition) : IParallelJob
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int index)
    {
        (int from, int to) = partition[index];
        losses[index] = double.CreateTruncating(Pairwise.Sum(x + from, targets + from, to - from, default(LogisticCrossEntropy<T>)));
        for (int i = from; i < to; i += Vector512<T>.Count)
        {
            Lanes.Store(VectorMath.Logistic(Lanes.Load(x + i, to - i)), probabilities + i, to - i);
        }
    }
}

// Σ max(x, 0) − x·t + ln(1 + e^−|x|).
internal readonly struct LogisticCrossEntropy<T> : ITerm<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) =>
        Vector512.Max(a, Vector512<T>.Zero) - (a * b) + VectorMath.LogOnePlus(VectorMath.Exp(-Vector512.Abs(a)));
}

// (p·total − t) / n.
internal readonly struct TargetsBackward<T>(T total, T n) : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => ((a * total) - b) / Vector512.Create(n);
}

// p / n.
internal readonly struct LabelsBackward<T>(T n) : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a / Vector512.Create(n);
}
