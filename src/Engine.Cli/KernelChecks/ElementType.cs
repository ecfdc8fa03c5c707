using System.Buffers.Binary;
using Engine.Tensors;

namespace Engine.Cli.KernelChecks;

/// <summary>What a number is, whatever its size.</summary>
internal enum NumberKind
{
    /// <summary>float, double.</summary>
    Floating,

    /// <summary>int, long long.</summary>
    Signed,

    /// <summary>unsigned, size_t.</summary>
    Unsigned,
}

/// <summary>A type of CUDA C++ that a kernel's parameters may have, or point to.</summary>
/// <param name="Name">As it is written: "float", "float4".</param>
/// <param name="Kind">What its numbers are.</param>
/// <param name="Bytes">The size of one number.</param>
/// <param name="Lanes">How many numbers it has: 4 for float4.</param>
internal sealed record ElementType(string Name, NumberKind Kind, int Bytes, int Lanes = 1)
{
    private static readonly Dictionary<string, ElementType> Types = ((ElementType[])
    [
        new("float", NumberKind.Floating, 4), new("float2", NumberKind.Floating, 4, 2), new("float4", NumberKind.Floating, 4, 4),
        new("double", NumberKind.Floating, 8), new("double2", NumberKind.Floating, 8, 2),
        new("int", NumberKind.Signed, 4), new("int2", NumberKind.Signed, 4, 2), new("int4", NumberKind.Signed, 4, 4),
        new("long long", NumberKind.Signed, 8), new("long long int", NumberKind.Signed, 8), new("int64_t", NumberKind.Signed, 8),
        new("unsigned", NumberKind.Unsigned, 4), new("unsigned int", NumberKind.Unsigned, 4), new("uint32", NumberKind.Unsigned, 4),
        new("uint32_t", NumberKind.Unsigned, 4), new("unsigned long long", NumberKind.Unsigned, 8), new("uint64", NumberKind.Unsigned, 8),
        new("uint64_t", NumberKind.Unsigned, 8), new("size_t", NumberKind.Unsigned, 8), new("unsigned char", NumberKind.Unsigned, 1),
    ]).ToDictionary(type => type.Name);

    /// <summary>The names of all.</summary>
    public static string Names => string.Join(", ", Types.Keys);

    /// <summary>The size of an element.</summary>
    public int Size => Bytes * Lanes;

    /// <summary>The type of a name, or null.</summary>
    public static ElementType? Find(string name) => Types.GetValueOrDefault(name);

    /// <summary>Writes a number, rounded to the type.</summary>
    public void Write(Span<byte> to, double value)
    {
        switch (Kind, Bytes)
        {
            case (NumberKind.Floating, 4):
                BinaryPrimitives.WriteSingleLittleEndian(to, (float)value);
                break;
            case (NumberKind.Floating, _):
                BinaryPrimitives.WriteDoubleLittleEndian(to, value);
                break;
            case (_, 1):
                to[0] = (byte)value;
                break;
            case (_, 4):
                BinaryPrimitives.WriteInt32LittleEndian(to, unchecked((int)(long)value));
                break;
            default:
                BinaryPrimitives.WriteInt64LittleEndian(to, (long)value);
                break;
        }
    }

    /// <summary>Reads a number.</summary>
    public double Read(ReadOnlySpan<byte> from) => (Kind, Bytes) switch
    {
        (NumberKind.Floating, 4) => BinaryPrimitives.ReadSingleLittleEndian(from),
        (NumberKind.Floating, _) => BinaryPrimitives.ReadDoubleLittleEndian(from),
        (_, 1) => from[0],
        (NumberKind.Signed, 4) => BinaryPrimitives.ReadInt32LittleEndian(from),
        (NumberKind.Unsigned, 4) => BinaryPrimitives.ReadUInt32LittleEndian(from),
        (NumberKind.Signed, _) => BinaryPrimitives.ReadInt64LittleEndian(from),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(from),
    };

    /// <summary>A number drawn evenly between two bounds; whole numbers include both.</summary>
    public double Draw(Philox random, double low, double high) => Kind == NumberKind.Floating
        ? random.NextDouble(low, high)
        : Math.Floor(random.NextDouble(low, high + 1));

    /// <summary>The distance from a number of this type to the next larger one in size.</summary>
    public double Ulp(double value) => Kind != NumberKind.Floating ? 1
        : Bytes == 4 ? MathF.BitIncrement(Math.Abs((float)value)) - Math.Abs((float)value)
        : Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);
}
