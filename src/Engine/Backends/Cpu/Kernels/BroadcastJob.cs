using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

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
        int width = Vector512<T>.Count;
        Vector512<T> copiesA = Vector512.Create(*a), copiesB = Vector512.Create(*b);
        T* nextA = plan.AAdvances ? a : (T*)&copiesA, nextB = plan.BAdvances ? b : (T*)&copiesB;
        int stepA = plan.AAdvances ? width : 0, stepB = plan.BAdvances ? width : 0, i = 0;
        for (; i <= count - width; i += width)
        {
            f.Invoke(Vector512.Load(nextA), Vector512.Load(nextB)).Store(y + i);
            nextA += stepA;
            nextB += stepB;
        }

        if (i < count)
        {
            Lanes.Store(f.Invoke(Lanes.Load(nextA, count - i), Lanes.Load(nextB, count - i)), y + i, count - i);
        }
    }
}
