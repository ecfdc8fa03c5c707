using System.Numerics.Tensors;
using Engine.Tensors;
using Tensor = Engine.Tensors.Tensor;

namespace Engine.Data;

/// <summary>Copies rows between tensors, converting between types.</summary>
internal static class Rows
{
    /// <summary>Copies row <paramref name="from"/> of one tensor to row <paramref name="to"/> of another, both <paramref name="size"/> long.</summary>
    public static void Copy(Tensor source, int from, Tensor destination, int to, int size)
    {
        switch (source.DType, destination.DType)
        {
            case (DType.Float32, DType.Float32):
                Slice<float>(source, from, size).CopyTo(Slice<float>(destination, to, size));
                break;
            case (DType.Float32, DType.Float64):
                TensorPrimitives.ConvertTruncating<float, double>(Slice<float>(source, from, size), Slice<double>(destination, to, size));
                break;
            case (DType.Float64, DType.Float32):
                TensorPrimitives.ConvertTruncating<double, float>(Slice<double>(source, from, size), Slice<float>(destination, to, size));
                break;
            case (DType.Float64, DType.Float64):
                Slice<double>(source, from, size).CopyTo(Slice<double>(destination, to, size));
                break;
            case (DType.Int32, DType.Int32):
                Slice<int>(source, from, size).CopyTo(Slice<int>(destination, to, size));
                break;
            case (DType.Int32, DType.Float32):
                TensorPrimitives.ConvertTruncating<int, float>(Slice<int>(source, from, size), Slice<float>(destination, to, size));
                break;
            case (DType.Int32, DType.Float64):
                TensorPrimitives.ConvertTruncating<int, double>(Slice<int>(source, from, size), Slice<double>(destination, to, size));
                break;
            default:
                throw new ArgumentException($"Numbers of type {source.DType} cannot be handed out as {destination.DType}; give a float tensor.");
        }
    }

    private static Span<T> Slice<T>(Tensor tensor, int row, int size)
        where T : unmanaged => tensor.AsSpan<T>().Slice(row * size, size);
}
