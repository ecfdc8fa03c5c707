using System.Buffers.Binary;

namespace Engine.Data;

/// <summary>
/// The cyclic redundancy check of gzip and PNG: the remainder of the message, read as a polynomial over GF(2), divided
/// by x³² + x²⁶ + x²³ + x²² + x¹⁶ + x¹² + x¹¹ + x¹⁰ + x⁸ + x⁷ + x⁵ + x⁴ + x² + x + 1.
/// </summary>
/// <remarks>RFC 1952, section 8; ISO/IEC 15948, annex D. Bits are reflected: the polynomial is 0xEDB88320.</remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    // Tables[k][b]: what byte b does to the remainder k bytes later, so that eight bytes are taken at a time.
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The check of a whole message.</summary>
    public static uint Of(ReadOnlySpan<byte> message) => Append(0, message);

    /// <summary>The check of a message whose beginning has the check <paramref name="crc"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> message)
    {
        uint remainder = ~crc;
        while (message.Length >= 8)
        {
            uint low = remainder ^ BinaryPrimitives.ReadUInt32LittleEndian(message);
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(message[4..]);
            remainder = Tables[7][(byte)low] ^ Tables[6][(byte)(low >> 8)] ^ Tables[5][(byte)(low >> 16)] ^ Tables[4][low >> 24]
                ^ Tables[3][(byte)high] ^ Tables[2][(byte)(high >> 8)] ^ Tables[1][(byte)(high >> 16)] ^ Tables[0][high >> 24];
            message = message[8..];
        }

        foreach (byte b in message)
        {
            remainder = (remainder >> 8) ^ Tables[0][(byte)(remainder ^ b)];
        }

        return ~remainder;
    }

    private static uint[][] MakeTables()
    {
        uint[][] tables = new uint[8][];
        for (int k = 0; k < tables.Length; k++)
        {
            tables[k] = new uint[256];
            for (uint b = 0; b < 256; b++)
            {
                uint remainder = k == 0 ? b : tables[k - 1][b];
                for (int bit = 0; bit < 8; bit++)
                {
                    remainder = (remainder >> 1) ^ ((remainder & 1) * Polynomial);
                }

                tables[k][b] = remainder;
            }
        }

        return tables;
    }
}
