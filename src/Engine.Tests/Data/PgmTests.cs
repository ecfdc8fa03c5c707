using System.Text;
using Engine.Data;

namespace Engine.Tests.Data;

public sealed class PgmTests
{
    [Test]
    public void What_is_written_is_read_again([Values(1, 3)] int channels)
    {
        Image image = PngTests.RandomImage(channels, 3, 5, 12);
        Image read = PgmReader.Parse(PgmWriter.ToBytes(image), "written");
        Assert.That((read.Channels, read.Height, read.Width), Is.EqualTo((channels, 3, 5)));
        Assert.That(read.Pixels, Is.EqualTo(image.Pixels));
    }

    [TestCase("P2\n# a comment\n3 1 255\n0 128 255\n", 1, new byte[] { 0, 128, 255 })]
    [TestCase("P2 3 1 15 0 7 15", 1, new byte[] { 0, 119, 255 })]
    [TestCase("P2 1#half\n 2\t65535\r\n65535 32768", 1, new byte[] { 255, 128 })]
    [TestCase("P3 2 1 255  1 2 3  4 5 6", 3, new byte[] { 1, 4, 2, 5, 3, 6 })]
    [TestCase("P5 2 1 255\nAB", 1, new byte[] { 65, 66 })]
    [TestCase("P5 1 1 65535\nAB", 1, new byte[] { 65 })]
    [TestCase("P6 1 1 255\nABC", 3, new byte[] { 65, 66, 67 })]
    public void Text_and_binary_are_read(string file, int channels, byte[] pixels)
    {
        Image image = PgmReader.Parse(Encoding.ASCII.GetBytes(file), "f");
        Assert.That(image.Channels, Is.EqualTo(channels));
        Assert.That(image.Pixels, Is.EqualTo(pixels));
    }

    [TestCase("P2 3 1 255 0 128 256", "a sample")]
    [TestCase("P2 0 1 255 ", "the width")]
    [TestCase("P2 -1 1 255 ", "the width")]
    [TestCase("P2 8193 8192 255 ", "the height")]
    [TestCase("P2 99999999999999999999 1 255 ", "the width")]
    [TestCase("P5 1 1 65536\nAB", "the maximum")]
    [TestCase("P5 1 1 0\nA", "the maximum")]
    [TestCase("P5 1 1 100\nz", "a sample of 122")]
    [TestCase("P5 8000 8000 255\nA", "need 64000001 bytes")]
    [TestCase("P5 1 1 255\nAA", "goes on")]
    [TestCase("P2 1 1 255 1 2", "goes on")]
    [TestCase("P25 1 255 1", "no blank")]
    public void What_is_wrong_is_said(string file, string complaint) => Assert.That(
        () => PgmReader.Parse(Encoding.ASCII.GetBytes(file), "f"), Throws.TypeOf<InvalidFileException>().With.Message.Contains(complaint));

    [TestCase("P5 4 3 255\nABCDEFGHIJKL")]
    [TestCase("P6 2 2 255\nABCDEFGHIJKL")]
    public void A_binary_file_cut_anywhere_is_refused(string file)
    {
        foreach (byte[] cut in Damage.Cuts(Encoding.ASCII.GetBytes(file)))
        {
            Assert.That(Damage.ReadOrRefuse(cut, ImageFile.Parse, 50_000), Is.Null, $"cut at {cut.Length}");
        }
    }

    [TestCase("P2 4 2 255 10 20 30 40 50 60 70 80")]
    [TestCase("P3 2 1 255 10 20 30 40 50 60")]
    [TestCase("P5 4 2 255 ABCDEFGH")]
    public void Random_damage_ends_in_one_kind_of_exception(string file)
    {
        const ulong Seed = 20260103;
        byte[] whole = Encoding.ASCII.GetBytes(file);
        foreach (byte[] damaged in Damage.Cuts(whole).Concat(Damage.Flips(whole)).Concat(Damage.Scribbles(whole, Seed, 3000)))
        {
            Damage.ReadOrRefuse(damaged, ImageFile.Parse, 50_000, $"seed {Seed}");
        }
    }
}
