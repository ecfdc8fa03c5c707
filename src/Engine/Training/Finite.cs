using System.Numerics.Tensors;
using Engine.Tensors;
using Tensor = Engine.Tensors.Tensor;

namespace Engine.Training;

/// <summary>Tells numbers from infinities and NaN.</summary>
internal static class Finite
{
    /// <summary>True when every element is a finite number.</summary>
    public static bool All(Tensor tensor) => tensor.DType switch
    {
        DType.Float32 => TensorPrimitives.IsFiniteAll<float>(tensor.To(Device.Cpu).AsSpan<float>()),
        DType.Float64 => TensorPrimitives.IsFiniteAll<double>(tensor.To(Device.Cpu).AsSpan<double>()),
        _ => true,
    };
}
