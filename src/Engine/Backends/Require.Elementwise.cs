using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>Two operands of one type, and a result of the shape that they broadcast to.</summary>
    public static void Broadcast(Tensor a, Tensor b, Tensor y, [CallerMemberName] string operation = "")
    {
        IsA(a.DType, b.Shape, b, a, operation);
        IsA(a.DType, Broadcasting.Shape(a.Shape, b.Shape), y, a, operation);
    }

    /// <summary>Tensors of one type.</summary>
    /// <returns>That type; Float32 of none.</returns>
    public static DType OneType(ReadOnlySpan<Tensor> tensors, [CallerMemberName] string operation = "")
    {
        foreach (Tensor tensor in tensors)
        {
            if (tensor.DType != tensors[0].DType)
            {
                throw new ShapeException(
                    $"{operation} takes tensors of one type at a time, given {tensors[0].DType} {tensors[0].Shape} and {tensor.DType} {tensor.Shape}.");
            }
        }

        return tensors.IsEmpty ? DType.Float32 : tensors[0].DType;
    }
}
