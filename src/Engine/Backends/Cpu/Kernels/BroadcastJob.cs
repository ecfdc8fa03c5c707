using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>
/// Two operands of a broadcast operation as rows: along a row each operand either advances or stands still, and for each
/// row there is a place in each operand where it begins.
/// </summary>
internal readonly struct BroadcastPlan
{
    private readonly Axes axes;
    private readonly int outerAxes;

    /// <summary>Joins neighbouring axes along which the operands behave alike, so that rows become long.</summary>
    public BroadcastPlan(Shape a, Shape b, Shape y)
    {
        Span<Axis> joined = axes;
        int last = -1;
        int stepA = 1, stepB = 1;
        for (int fromEnd = 1; fromEnd <= y.Rank; fromEnd++)
        {
            int size = y[-fromEnd];
            if (size == 1)
            {
                continue;
            }

            bool inA = fromEnd <= a.Rank && a[-fromEnd] != 1, inB = fromEnd <= b.Rank && b[-fromEnd] != 1;
            if (last >= 0 && inA == (joined[last].StepA != 0) && inB == (joined[last].StepB != 0))
            {
                joined[last].Size *= size;
            }
            else
            {
                joined[++last] = new Axis { Size = size, StepA = inA ? stepA : 0, StepB = inB ? stepB : 0 };
            }

            stepA *= inA ? size : 1;
            stepB *= inB ? size : 1;
        }

        RowLength = last < 0 ? 1 : joined[0].Size;
        AAdvances = last >= 0 && joined[0].StepA != 0;
        BAdvances = last >= 0 && joined[0].StepB != 0;
        outerAxes = Math.Max(last, 0);
    }

    /// <summary>Elements in a row.</summary>
    public int RowLength { get; }

    /// <summary>Whether a has an element for each of the row, or one for the whole row.</summary>
    public bool AAdvances { get; }

    /// <summary>Whether b has an element for each of the row, or one for the whole row.</summary>
    public bool BAdvances { get; }

    /// <summary>Where a row begins in a and in b.</summary>
    public (int A, int B) RowStart(int row)
    {
        int a = 0, b = 0;
        for (int i = 1; i <= outerAxes; i++)
        {
            (row, int position) = Math.DivRem(row, axes[i].Size);
            a += position * axes[i].StepA;
            b += position * axes[i].StepB;
        }

        return (a, b);
    }

    private struct Axis
    {
        public int Size;
        public int StepA;
        public int StepB;
    }

    // Innermost first.
    [InlineArray(Shape.MaxRank)]
    private struct Axes
    {
        private Axis first;
    }
}

/// <summary>y = f(a, b) where the operands repeat along some axes.</summary>
internal readonly unsafe struct BroadcastJob<T, TOperator>(TOperator f, T* a, T* b, T* y, BroadcastPlan plan, Partition partition)
    : IParallelJob
    where T : unmanaged
    where TOperator : unmanaged, IBinaryOperator<T>
{
    public void Execute(int index)
    {
        (int i, int end) = partition[index];
        while (i < end)
        {
            (int row, int column) = Math.DivRem(i, plan.RowLength);
            (int startA, int startB) = plan.RowStart(row);
            int count = Math.Min(plan.RowLength - column, end - i);
            Row(a + startA + (plan.AAdvances ? column : 0), b + startB + (plan.BAdvances ? column : 0), y + i, count);
            i += count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(T* a, T* b, T* y, int count)
    {
        // An operand that stands still is read from a vector of copies, again and again.
        int width = Vector256<T>.Count;
        Vector256<T> copiesA = Vector256.Create(*a), copiesB = Vector256.Create(*b);
        T* nextA = plan.AAdvances ? a : (T*)&copiesA, nextB = plan.BAdvances ? b : (T*)&copiesB;
        int stepA = plan.AAdvances ? width : 0, stepB = plan.BAdvances ? width : 0, i = 0;
        for (; i <= count - width; i += width)
        {
            f.Invoke(Vector256.Load(nextA), Vector256.Load(nextB)).Store(y + i);
            nextA += stepA;
            nextB += stepB;
        }

        if (i < count)
        {
            Lanes.Store(f.Invoke(Lanes.Load(nextA, count - i), Lanes.Load(nextB, count - i)), y + i, count - i);
        }
    }
}
