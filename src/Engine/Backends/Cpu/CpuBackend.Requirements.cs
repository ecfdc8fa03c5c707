using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed partial class CpuBackend
{
    // One line for the two mistakes that every operation on two or more tensors can be given.
    private static void RequireOneFloatType(string operation, Tensor a, Tensor b, Tensor y, Tensor? bias)
    {
        if (!y.DType.IsFloat() || a.DType != y.DType || b.DType != y.DType || (bias is not null && bias.DType != y.DType))
        {
            throw new ShapeException(
                $"{operation} needs tensors of one type, Float32 or Float64, given {a.DType}, {b.DType}, {bias?.DType ?? y.DType} and {y.DType}.");
        }
    }
}
