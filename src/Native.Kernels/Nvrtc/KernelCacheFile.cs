using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Native.Kernels.Nvrtc;

/// <summary>
/// One compiled image as a file: "ENGINEKC", a version, whether it is machine code, the lengths of log and image, the
/// SHA-256 of both, then log and image.
/// </summary>
internal static class KernelCacheFile
{
    private const int FormatVersion = 1;
    private const int HashOffset = 24;
    private const int HeaderBytes = HashOffset + SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Magic => "ENGINEKC"u8;

    /// <summary>The image in a file; null where there is no file, or not a whole one.</summary>
    public static KernelImage? TryRead(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (file.Length < HeaderBytes || !file.AsSpan(0, Magic.Length).SequenceEqual(Magic)
            || BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8)) != FormatVersion)
        {
            return null;
        }

        int kind = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        uint logBytes = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(16));
        uint imageBytes = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(20));
        ReadOnlySpan<byte> contents = file.AsSpan(HeaderBytes);
        if (kind is not (0 or 1) || contents.Length != (long)logBytes + imageBytes
            || !Hash(file.AsSpan(0, HashOffset), contents).AsSpan().SequenceEqual(file.AsSpan(HashOffset, SHA256.HashSizeInBytes)))
        {
            return null;
        }

        return new KernelImage(contents[(int)logBytes..].ToArray(), kind == 1, Encoding.UTF8.GetString(contents[..(int)logBytes]));
    }

    /// <summary>Writes an image under a temporary name in the same folder, and renames it when it is whole.</summary>
    public static void Write(string path, KernelImage image)
    {
        byte[] log = Encoding.UTF8.GetBytes(image.Log);
        byte[] file = new byte[HeaderBytes + log.Length + image.Bytes.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), image.IsCubin ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), log.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(20), image.Bytes.Length);
        log.CopyTo(file, HeaderBytes);
        image.Bytes.CopyTo(file, HeaderBytes + log.Length);
        Hash(file.AsSpan(0, HashOffset), file.AsSpan(HeaderBytes)).CopyTo(file, HashOffset);

        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew))
            {
                stream.Write(file);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static byte[] Hash(ReadOnlySpan<byte> header, ReadOnlySpan<byte> contents)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header);
        hash.AppendData(contents);
        return hash.GetHashAndReset();
    }
}
