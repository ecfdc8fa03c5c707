using System.Buffers.Binary;
using Engine.Tensors;

namespace Engine.Data;

/// <summary>What an IDX file holds: an array of numbers of one type, row-major.</summary>
/// <param name="Type">The type of the elements.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Data">The elements as they lie in the file: big-endian.</param>
public sealed record IdxArray(IdxType Type, Shape Shape, byte[] Data)
{
    /// <summary>The numbers as a tensor: <see cref="DType.Float32"/> and <see cref="DType.Float64"/> as they are, whole numbers as <see cref="DType.Int32"/>.</summary>
    public Tensor ToTensor()
    {
        Tensor tensor = new(Shape, Type switch
        {
            IdxType.Float32 => DType.Float32,
            IdxType.Float64 => DType.Float64,
            _ => DType.Int32,
        });
        int size = IdxFile.ElementSize(Type);
        for (int i = 0; i < tensor.ElementCount; i++)
        {
            tensor.SetFlat(i, Element(Data.AsSpan(i * size, size)));
        }

        return tensor;
    }

    private double Element(ReadOnlySpan<byte> bytes) => Type switch
    {
        IdxType.UInt8 => bytes[0],
        IdxType.Int8 => (sbyte)bytes[0],
        IdxType.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes),
        IdxType.Int32 => BinaryPrimitives.ReadInt32BigEndian(bytes),
        IdxType.Float32 => BinaryPrimitives.ReadSingleBigEndian(bytes),
        _ => BinaryPrimitives.ReadDoubleBigEndian(bytes),
    };
}
