using Engine.Tensors;

namespace Engine.Backends.Cpu;

/// <summary>The managed back end: SIMD kernels in C#, on every processor that .NET runs on.</summary>
public sealed partial class CpuBackend : Backend
{
    internal CpuBackend()
    {
    }

    // The kernels are compiled for float and for double; operands of one operation share the one.
    private static void RequireOneFloatType(string operation, Tensor a, Tensor b, Tensor y, Tensor? bias)
    {
        if (!y.DType.IsFloat() || a.DType != y.DType || b.DType != y.DType || (bias is not null && bias.DType != y.DType))
        {
            throw new ShapeException(
                $"{operation} needs tensors of one type, Float32 or Float64, given {a.DType}, {b.DType}, {bias?.DType ?? y.DType} and {y.DType}.");
        }
    }
}
