namespace Engine.Data;

/// <summary>The element types of an IDX file, by the code in its third byte. All are stored big-endian.</summary>
public enum IdxType
{
    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 0x08,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 0x09,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 0x0B,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 0x0C,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 0x0D,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 0x0E,
}
