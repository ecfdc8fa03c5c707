using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>x without an axis, or with size 1 there, is what y holds.</summary>
    public static void Reduced(Tensor x, int axis, Tensor y, [CallerMemberName] string operation = "")
    {
        Shape expected = y.Shape.Rank == x.Shape.Rank ? x.Shape.With(axis, 1) : x.Shape.Without(axis);
        IsA(x.DType, expected, y, x, operation);
    }

    /// <summary>A shape that has channels: axis 1.</summary>
    public static void Channels(Shape shape)
    {
        if (shape.Rank < 2)
        {
            throw new ShapeException($"Channels are axis 1 of N×C or N×C×H×W, given {shape}.");
        }
    }
}
