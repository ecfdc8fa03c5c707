using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>The arguments of a matrix product.</summary>
    /// <returns>Its sizes.</returns>
    public static MatMulShape Product(
        Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, Tensor? bias, bool accumulate, Activation? activation)
    {
        MatMulShape sizes = MatMulShape.Sizes(a.Shape, b.Shape, transposeA, transposeB);
        Shape expected = MatMulShape.Of(a.Shape, b.Shape, transposeA, transposeB);
        if (y.Shape != expected)
        {
            throw new ShapeException($"MatMul of {a.Shape} and {b.Shape} gives {expected}, the destination has {y.Shape}.");
        }

        if (bias is not null && bias.ElementCount != sizes.N)
        {
            throw new ShapeException($"MatMul: a product of {sizes.N} columns needs a bias of {sizes.N} numbers, given {bias.Shape}.");
        }

        if (accumulate && (bias is not null || activation is not null))
        {
            throw new ArgumentException("MatMul either adds to what y holds or adds a bias and applies an activation, not both.");
        }

        OneFloatType("MatMul", a, b, y, bias);
        return sizes;
    }

    // Operands and result of a product or convolution.
    private static void OneFloatType(string operation, Tensor a, Tensor b, Tensor y, Tensor? bias)
    {
        if (!y.DType.IsFloat() || a.DType != y.DType || b.DType != y.DType || (bias is not null && bias.DType != y.DType))
        {
            throw new ShapeException(
                $"{operation} needs tensors of one type, Float32 or Float64, given {a.DType}, {b.DType}, {bias?.DType ?? y.DType} and {y.DType}.");
        }
    }
}
