using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

/// <summary>
/// The axes of a permuted tensor y, innermost first: for each its size, and how far apart its neighbours lie in x.
/// Neighbouring axes that stay neighbours are joined, so that few long ones are left.
/// </summary>
internal readonly struct PermutePlan
{
    private readonly Joined joined;
    private readonly int count;

    /// <summary>Axis i of y is axis axes[i] of x.</summary>
    public PermutePlan(Shape x, ReadOnlySpan<int> axes)
    {
        Span<Axis> found = joined;
        int last = -1;
        for (int i = axes.Length - 1; i >= 0; i--)
        {
            int size = x[axes[i]], step = x.Stride(axes[i]);
            if (size == 1)
            {
                continue;
            }

            if (last >= 0 && step == found[last].Size * found[last].Step)
            {
                found[last].Size *= size;
            }
            else
            {
                found[++last] = new Axis { Size = size, Step = step };
            }
        }

        count = last + 1;
    }

    /// <summary>The joined axes, innermost first; none where all are 1.</summary>
    [UnscopedRef]
    public ReadOnlySpan<Axis> Axes => ((ReadOnlySpan<Axis>)joined)[..count];

    /// <summary>Elements in a row of y.</summary>
    public int RowLength => count == 0 ? 1 : joined[0].Size;

    /// <summary>How far apart in x the elements of a row lie.</summary>
    public int RowStep => count == 0 ? 1 : joined[0].Step;

    /// <summary>Where in x a row of y begins.</summary>
    public int RowStart(int row)
    {
        int start = 0;
        for (int i = 1; i < count; i++)
        {
            (row, int position) = Math.DivRem(row, joined[i].Size);
            start += position * joined[i].Step;
        }

        return start;
    }

    /// <summary>A joined axis of y.</summary>
    public struct Axis
    {
        public int Size;
        public int Step;
    }

    [InlineArray(Shape.MaxRank)]
    private struct Joined
    {
        private Axis first;
    }
}
