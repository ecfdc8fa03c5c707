using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

/// <summary>
/// Two operands of a broadcast operation as rows: along a row each operand either advances or stands still, and for each
/// row there is a place in each operand where it begins.
/// </summary>
internal readonly struct BroadcastPlan
{
    private readonly Joined joined;
    private readonly int count;

    /// <summary>Joins neighbouring axes along which the operands behave alike, so that rows become long.</summary>
    public BroadcastPlan(Shape a, Shape b, Shape y)
    {
        Span<Axis> axes = joined;
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
            if (last >= 0 && inA == (axes[last].StepA != 0) && inB == (axes[last].StepB != 0))
            {
                axes[last].Size *= size;
            }
            else
            {
                axes[++last] = new Axis { Size = size, StepA = inA ? stepA : 0, StepB = inB ? stepB : 0 };
            }

            stepA *= inA ? size : 1;
            stepB *= inB ? size : 1;
        }

        count = last + 1;
        RowLength = last < 0 ? 1 : axes[0].Size;
        AAdvances = last >= 0 && axes[0].StepA != 0;
        BAdvances = last >= 0 && axes[0].StepB != 0;
    }

    /// <summary>The joined axes, innermost first; none where all are 1.</summary>
    [UnscopedRef]
    public ReadOnlySpan<Axis> Axes => ((ReadOnlySpan<Axis>)joined)[..count];

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
        for (int i = 1; i < count; i++)
        {
            (row, int position) = Math.DivRem(row, joined[i].Size);
            a += position * joined[i].StepA;
            b += position * joined[i].StepB;
        }

        return (a, b);
    }

    /// <summary>
    /// Whether element i of y belongs to element (i / inner) mod length of an operand that meets one of y's shape: of a
    /// scalar, or of a number per row, per column or per channel.
    /// </summary>
    public bool Repeats(bool second, out int inner, out int length)
    {
        // The other operand advances along every axis, so along the joined ones this one stands still and advances in turn.
        bool standsStill = count > 0 && (second ? joined[0].StepB : joined[0].StepA) == 0;
        int axis = standsStill ? 1 : 0;
        inner = standsStill ? joined[0].Size : 1;
        length = axis < count ? joined[axis].Size : 1;
        return count <= axis + 2;
    }

    /// <summary>A joined axis: its size, and how far apart its neighbours lie in the operands, 0 where one stands still.</summary>
    public struct Axis
    {
        public int Size;
        public int StepA;
        public int StepB;
    }

    [InlineArray(Shape.MaxRank)]
    private struct Joined
    {
        private Axis first;
    }
}
