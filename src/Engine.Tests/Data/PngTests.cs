using Engine.Data;

namespace Engine.Tests.Data;

public sealed class PngTests
{
    // The combinations that ISO/IEC 15948 allows (table 11.1), colour types 0 grey, 2 RGB, 3 palette, 4 and 6 with opacity.
    private static readonly (int Color, int Depth)[] Kinds =
    [
        (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16),
    ];

    [Test]
    public void Every_kind_is_read_at_every_size([ValueSource(nameof(Kinds))] (int Color, int Depth) kind, [Values] bool interlaced)
    {
        const ulong Seed = 7;
        for (int size = 0; size < 40; size++)
        {
            // All widths and heights up to 9 matter to Adam7, whose passes may be empty.
            Philox random = new(Seed, (ulong)size);
            int width = size < 18 ? 1 + (size / 2) : 1 + random.NextInt(20), height = 1 + random.NextInt(12);
            PngBuilder builder = new(width, height, kind.Color, kind.Depth, interlaced);
            byte[] palette = Palette(1 << Math.Min(kind.Depth, 8));
            if (kind.Color == 3)
            {
                builder.With("PLTE", palette);
            }

            int[] samples = [.. Enumerable.Range(0, width * height * builder.Samples).Select(_ => random.NextInt(1 << kind.Depth))];
            int SampleAt(int y, int x, int k) => samples[(((y * width) + x) * builder.Samples) + k];
            Image image = PngReader.Parse(builder.Build(SampleAt, row => (row + size) % 5), "built.png");

            int channels = kind.Color == 3 ? 3 : builder.Samples;
            Assert.That((image.Channels, image.Height, image.Width), Is.EqualTo((channels, height, width)));
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    for (int k = 0; k < channels; k++)
                    {
                        int expected = kind.Color == 3 ? palette[(3 * SampleAt(y, x, 0)) + k]
                            : kind.Depth == 16 ? SampleAt(y, x, k) / 256
                            : SampleAt(y, x, k) * 255 / ((1 << kind.Depth) - 1);
                        Assert.That(image[k, y, x], Is.EqualTo(expected), $"seed {Seed}, {width}×{height}, ({x}, {y}), channel {k}");
                    }
                }
            }
        }
    }

    [Test]
    public void What_is_written_is_read_again([Values(1, 3)] int channels, [Values(1, 2, 17)] int width, [Values(1, 5)] int height)
    {
        Image image = RandomImage(channels, height, width, 11);
        Image read = PngReader.Parse(PngWriter.ToBytes(image), "written.png");
        Assert.That((read.Channels, read.Height, read.Width), Is.EqualTo((channels, height, width)));
        Assert.That(read.Pixels, Is.EqualTo(image.Pixels));
    }

    [Test]
    public void A_palette_with_opacity_gives_four_channels()
    {
        byte[] file = new PngBuilder(3, 1, 3, 8, interlaced: false)
            .With("PLTE", 10, 20, 30, 40, 50, 60, 70, 80, 90).With("tRNS", 5, 6).Build((_, x, _) => x, _ => 0);
        Assert.That(PngReader.Parse(file, "f").Pixels, Is.EqualTo(new byte[] { 10, 40, 70, 20, 50, 80, 30, 60, 90, 5, 6, 255 }));
    }

    [Test]
    public void The_transparent_colour_is_transparent()
    {
        byte[] grey = new PngBuilder(3, 1, 0, 8, interlaced: false).With("tRNS", 0, 7).Build((_, x, _) => 6 + x, _ => 0);
        Assert.That(PngReader.Parse(grey, "f").Pixels, Is.EqualTo(new byte[] { 6, 7, 8, 255, 0, 255 }));
        byte[] rgb = new PngBuilder(2, 1, 2, 8, interlaced: false).With("tRNS", 0, 1, 0, 2, 0, 3).Build((_, x, k) => x + k, _ => 0);
        Assert.That(PngReader.Parse(rgb, "f").Pixels, Is.EqualTo(new byte[] { 0, 1, 1, 2, 2, 3, 255, 0 }));
    }

    [Test]
    public void Chunks_that_are_not_needed_are_skipped_and_unknown_critical_ones_refused()
    {
        byte[] fine = new PngBuilder(1, 1, 0, 8, interlaced: false).With("tEXt", 1, 2, 3).Build((_, _, _) => 9, _ => 0);
        Assert.That(PngReader.Parse(fine, "f").Pixels, Is.EqualTo(new byte[] { 9 }));
        byte[] unknown = new PngBuilder(1, 1, 0, 8, interlaced: false).With("NeWs", 1).Build((_, _, _) => 9, _ => 0);
        Assert.That(() => PngReader.Parse(unknown, "f"), Throws.TypeOf<InvalidFileException>().With.Message.Contains("chunk NeWs"));
    }

    [Test]
    public void The_check_is_the_published_one()
    {
        // The check value of CRC-32/ISO-HDLC: the digits 1 to 9 give CBF43926.
        Assert.That(Crc32.Of("123456789"u8), Is.EqualTo(0xCBF43926));
        byte[] message = new byte[1000];
        new Random(5).NextBytes(message);
        for (int length = 0; length < message.Length; length += 37)
        {
            Assert.That(Crc32.Of(message.AsSpan(0, length)), Is.EqualTo(PngBuilder.BitwiseCrc(message.AsSpan(0, length))));
            Assert.That(Crc32.Append(Crc32.Of(message.AsSpan(0, length)), message.AsSpan(length)), Is.EqualTo(Crc32.Of(message)));
        }
    }

    [Test]
    public void A_file_cut_anywhere_is_refused()
    {
        foreach (byte[] file in Damage.Cuts(Small(interlaced: true)).Concat(Damage.Cuts(Small(interlaced: false))))
        {
            Assert.That(Damage.ReadOrRefuse(file, PngReader.Parse, 300_000), Is.Null, $"cut at {file.Length}");
        }
    }

    [Test]
    public void A_flipped_bit_anywhere_is_found()
    {
        foreach (byte[] file in Damage.Flips(Small(interlaced: true)))
        {
            Assert.That(Damage.ReadOrRefuse(file, PngReader.Parse, 300_000), Is.Null, Convert.ToHexString(file));
        }
    }

    [Test]
    public void Damage_with_checks_made_right_again_ends_in_one_kind_of_exception()
    {
        const ulong Seed = 20260102;
        foreach (byte[] file in Damage.Scribbles(Small(interlaced: true), Seed, 3000).Concat(Damage.Scribbles(Small(interlaced: false), Seed, 3000)))
        {
            // Sizes up to 64 Mi pixels are legal, but not with so little compressed data: 1032 times it is the limit.
            Damage.ReadOrRefuse(WithRightChecks(file), PngReader.Parse, 2_000_000, $"seed {Seed}");
        }
    }

    [Test]
    public void A_header_that_lies_takes_no_memory()
    {
        byte[] little = PngBuilder.Deflate(new byte[10]);
        foreach ((int width, int height) in ((int, int)[])[(8192, 8192), (1, 1 << 26), (1 << 26, 1), (65536, 65536), (int.MaxValue, int.MaxValue), (-1, -1), (0, 5), (5, 0)])
        {
            Assert.That(Damage.ReadOrRefuse(new PngBuilder(width, height, 6, 16, interlaced: true).Assemble(little), PngReader.Parse, 300_000), Is.Null, $"{width}×{height}");
        }
    }

    [Test]
    public void Data_that_is_more_or_less_than_the_picture_is_refused()
    {
        PngBuilder builder = new(4, 4, 0, 8, interlaced: false);
        Assert.That(PngReader.Parse(builder.Assemble(PngBuilder.Deflate(new byte[20])), "f").Pixels, Has.Length.EqualTo(16));
        Assert.That(Damage.ReadOrRefuse(builder.Assemble(PngBuilder.Deflate(new byte[19])), PngReader.Parse, 300_000), Is.Null);
        Assert.That(Damage.ReadOrRefuse(builder.Assemble(PngBuilder.Deflate(new byte[21])), PngReader.Parse, 300_000), Is.Null);
        Assert.That(Damage.ReadOrRefuse(builder.Assemble(PngBuilder.Deflate(new byte[30_000_000])), PngReader.Parse, 300_000), Is.Null);
    }

    [Test]
    public void A_colour_outside_the_palette_is_refused()
    {
        byte[] file = new PngBuilder(2, 1, 3, 8, interlaced: false).With("PLTE", 1, 2, 3).Build((_, x, _) => x, _ => 0);
        Assert.That(() => PngReader.Parse(file, "f"), Throws.TypeOf<InvalidFileException>().With.Message.Contains("pixel (1, 0) has colour 1 of a palette of 1"));
    }

    internal static Image RandomImage(int channels, int height, int width, ulong seed)
    {
        Philox random = new(seed);
        return new Image(channels, height, width, [.. Enumerable.Range(0, channels * height * width).Select(_ => (byte)random.NextUInt32())]);
    }

    private static byte[] Small(bool interlaced) => new PngBuilder(7, 5, 3, 4, interlaced)
        .With("PLTE", Palette(16)).With("tRNS", 0, 128).Build((y, x, _) => (3 * y) + x - (y * x / 8), row => row % 5);

    private static byte[] Palette(int colors) => [.. Enumerable.Range(0, 3 * colors).Select(i => (byte)((i * 37) + 11))];

    // Walks through the chunks as far as they make sense and puts the right check behind each.
    private static byte[] WithRightChecks(byte[] file)
    {
        for (int at = 8; at + 12 <= file.Length;)
        {
            long length = ((long)file[at] << 24) | ((long)file[at + 1] << 16) | ((long)file[at + 2] << 8) | file[at + 3];
            if (length > file.Length - at - 12)
            {
                break;
            }

            uint crc = PngBuilder.BitwiseCrc(file.AsSpan(at + 4, 4 + (int)length));
            for (int i = 0; i < 4; i++)
            {
                file[at + 8 + (int)length + i] = (byte)(crc >> (24 - (8 * i)));
            }

            at += 12 + (int)length;
        }

        return file;
    }
}
