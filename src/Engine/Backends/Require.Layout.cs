using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>Every axis of x named once, and a y of the shape that follows.</summary>
    public static void Permuted(Tensor x, ReadOnlySpan<int> axes, Tensor y, [CallerMemberName] string operation = "")
    {
        Span<int> sizes = stackalloc int[Shape.MaxRank];
        int seen = 0;
        if (axes.Length == x.Shape.Rank)
        {
            for (int i = 0; i < axes.Length; i++)
            {
                int axis = x.Shape.Axis(axes[i]);
                seen |= 1 << axis;
                sizes[i] = x.Shape[axis];
            }
        }

        if (axes.Length != x.Shape.Rank || seen != (1 << x.Shape.Rank) - 1)
        {
            throw new ShapeException(
                $"{operation} of {x.Shape} needs each of its {x.Shape.Rank} axes once, given [{string.Join(", ", axes.ToArray())}].");
        }

        IsA(x.DType, new Shape(sizes[..axes.Length]), y, x, operation);
    }

    /// <summary>A part that lies inside a whole along one axis, and agrees with it in every other.</summary>
    public static void Part(Tensor whole, int axis, int start, Tensor part, [CallerMemberName] string operation = "")
    {
        if (part.DType != whole.DType || part.Shape.Rank != whole.Shape.Rank || part.Shape.With(axis, whole.Shape[axis]) != whole.Shape)
        {
            throw new ShapeException(
                $"{operation}: {part.DType} {part.Shape} is no part along axis {axis} of {whole.DType} {whole.Shape}; they must agree in type and in every other axis.");
        }

        if (start < 0 || start > whole.Shape[axis] - part.Shape[axis])
        {
            throw new ShapeException($"{operation}: {part.Shape} from {start} on along axis {axis} reaches beyond {whole.Shape}.");
        }
    }
}
