using System.Numerics.Tensors;
using Engine.Tensors;
using Tensor = Engine.Tensors.Tensor;

namespace Engine.Data;

/// <summary>Bytes, handed out divided by 255.</summary>
internal sealed class ByteStore(byte[] bytes, Shape sampleShape) : SampleStore(CountOf(bytes, sampleShape), sampleShape)
{
    public override void CopyTo(int row, Tensor batch, int position)
    {
        int size = SampleShape.ElementCount;
        ReadOnlySpan<byte> source = bytes.AsSpan(row * size, size);
        switch (batch.DType)
        {
            case DType.Float32:
                Span<float> singles = batch.AsSpan<float>().Slice(position * size, size);
                TensorPrimitives.ConvertTruncating(source, singles);
                TensorPrimitives.Divide(singles, 255f, singles);
                break;
            case DType.Float64:
                Span<double> doubles = batch.AsSpan<double>().Slice(position * size, size);
                TensorPrimitives.ConvertTruncating(source, doubles);
                TensorPrimitives.Divide(doubles, 255.0, doubles);
                break;
            default:
                throw new ArgumentException($"Images are handed out as Float32 or Float64, given a batch of {batch.DType}.");
        }
    }

    private static int CountOf(byte[] bytes, Shape sampleShape)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return bytes.Length % sampleShape.ElementCount == 0
            ? bytes.Length / sampleShape.ElementCount
            : throw new ArgumentException($"{bytes.Length} bytes are no whole number of images {sampleShape} ({sampleShape.ElementCount} bytes each).");
    }
}
