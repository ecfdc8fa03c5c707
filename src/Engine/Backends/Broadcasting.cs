using Engine.Tensors;

namespace Engine.Backends;

/// <summary>The rule by which two shapes combine in elementwise arithmetic, as in NumPy.</summary>
public static class Broadcasting
{
    /// <summary>
    /// The shape of a combined with b: aligned at the last axis, each axis the larger of the two, where one of them is 1
    /// or missing.
    /// </summary>
    /// <exception cref="ShapeException">Two sizes along an axis differ and neither is 1.</exception>
    public static Shape Shape(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[Tensors.Shape.MaxRank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++)
        {
            int sizeA = fromEnd <= a.Rank ? a[-fromEnd] : 1;
            int sizeB = fromEnd <= b.Rank ? b[-fromEnd] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                throw new ShapeException(
                    $"Shapes {a} and {b} do not broadcast: {sizeA} meets {sizeB} at axis −{fromEnd}; sizes must agree or be 1.");
            }

            sizes[rank - fromEnd] = Math.Max(sizeA, sizeB);
        }

        return new Shape(sizes[..rank]);
    }
}
