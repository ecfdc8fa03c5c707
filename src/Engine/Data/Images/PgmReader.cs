using System.Buffers.Binary;

namespace Engine.Data;

/// <summary>Reads PGM and PPM pictures, text ("P2", "P3") or binary ("P5", "P6"), up to 16 bits (Netpbm's formats).</summary>
/// <remarks>Samples are scaled from 0 … maximum to 0 … 255. One picture a file; anything after it is refused.</remarks>
public static class PgmReader
{
    /// <summary>True when the bytes begin with P2, P3, P5 or P6.</summary>
    public static bool IsPgm(ReadOnlySpan<byte> file) => file.Length >= 2 && file[0] == 'P' && file[1] is (byte)'2' or (byte)'3' or (byte)'5' or (byte)'6';

    /// <summary>Reads a PGM (1 channel) or PPM (3 channels) file in memory.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="fileName">For messages.</param>
    /// <exception cref="InvalidFileException">It is neither, is damaged, or too large.</exception>
    public static Image Parse(byte[] file, string fileName)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!IsPgm(file))
        {
            throw new InvalidFileException(fileName, 0, "a PGM or PPM file begins with P2, P3, P5 or P6, this one does not");
        }

        bool binary = file[1] is (byte)'5' or (byte)'6';
        int channels = file[1] is (byte)'3' or (byte)'6' ? 3 : 1;
        Scanner scanner = new(file, fileName);
        int width = scanner.NextNumber("the width", 1, Image.MaxPixels);
        int height = scanner.NextNumber("the height", 1, Image.MaxPixels / width);
        int maximum = scanner.NextNumber("the maximum", 1, ushort.MaxValue);
        int count = channels * width * height, sampleBytes = maximum > 255 ? 2 : 1;

        // One blank ends the header. As text, a sample has at least one digit, and a blank between it and the next.
        long least = binary ? 1 + ((long)count * sampleBytes) : 2L * count;
        if (file.Length - scanner.At < least)
        {
            throw new InvalidFileException(
                fileName, scanner.At, $"{width}×{height} pixels of {channels} samples need {least} bytes, the file has {file.Length - scanner.At} left");
        }

        Image image = new(channels, height, width);
        scanner.At += binary ? 1 : 0;
        for (int i = 0; i < count; i++)
        {
            int sample = !binary ? scanner.NextNumber("a sample", 0, maximum) : scanner.NextBinary(sampleBytes, maximum);
            int pixel = i / channels;
            image.Pixels[(i % channels * width * height) + pixel] = (byte)(((sample * 255) + (maximum / 2)) / maximum);
        }

        scanner.ExpectEnd(blanksAllowed: !binary);
        return image;
    }

    /// <summary>Takes numbers out of the file, one after the other.</summary>
    private ref struct Scanner(ReadOnlySpan<byte> file, string fileName)
    {
        private readonly ReadOnlySpan<byte> file = file;

        public int At { get; set; } = 2;

        public int NextNumber(string what, int least, int most)
        {
            int from = At;
            SkipBlanksAndComments();
            int begin = At;
            long number = 0;
            while (At < file.Length && file[At] is >= (byte)'0' and <= (byte)'9' && number <= most)
            {
                number = (10 * number) + (file[At++] - '0');
            }

            if (begin == from || At == begin || number < least || number > most)
            {
                throw new InvalidFileException(
                    fileName, begin, $"{what} is a whole number from {least} to {most} after a blank, here is {(At == begin ? "none" : begin == from ? "no blank" : number)}");
            }

            return (int)number;
        }

        public int NextBinary(int bytes, int maximum)
        {
            int sample = bytes == 2 ? BinaryPrimitives.ReadUInt16BigEndian(file[At..]) : file[At];
            if (sample > maximum)
            {
                throw new InvalidFileException(fileName, At, $"a sample of {sample}, the maximum is {maximum}");
            }

            At += bytes;
            return sample;
        }

        public void ExpectEnd(bool blanksAllowed)
        {
            if (blanksAllowed)
            {
                SkipBlanksAndComments();
            }

            if (At != file.Length)
            {
                throw new InvalidFileException(fileName, At, "the file goes on after the last sample");
            }
        }

        // A comment reaches from "#" to the end of its line.
        private void SkipBlanksAndComments()
        {
            while (At < file.Length && file[At] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\v' or (byte)'\f' or (byte)'#')
            {
                int lineEnd = file[At] == '#' ? file[At..].IndexOf((byte)'\n') : 0;
                At = lineEnd < 0 ? file.Length : At + lineEnd + 1;
            }
        }
    }
}
