using Engine.Data;

namespace Engine.Tests.Data;

public sealed class ImageOperationsTests
{
    [Test]
    public void The_deployment_chain_of_the_lecture_has_its_shapes()
    {
        // (287, 433, 3) → (220, 155, 3) → (220, 155, 1) → (1, 220, 155, 1), here with channels first.
        Image photo = PngTests.RandomImage(3, 287, 433, 1);
        Image resized = photo.Resize(220, 155);
        Assert.That((resized.Channels, resized.Height, resized.Width), Is.EqualTo((3, 220, 155)));
        Image grey = resized.ToGrey();
        Assert.That((grey.Channels, grey.Height, grey.Width), Is.EqualTo((1, 220, 155)));
        Tensor batch = grey.ToBatch();
        Assert.That(batch.Shape, Is.EqualTo(new Shape(1, 1, 220, 155)));
        Assert.That(batch.AsSpan<float>().ToArray(), Is.All.InRange(0f, 1f));
        Assert.That(ImageOperations.ToImage(batch).Pixels, Is.EqualTo(grey.Pixels));
    }

    [TestCase(255, 0, 0, 76)]
    [TestCase(0, 255, 0, 150)]
    [TestCase(0, 0, 255, 29)]
    [TestCase(255, 255, 255, 255)]
    [TestCase(0, 0, 0, 0)]
    [TestCase(100, 100, 100, 100)]
    public void Grey_is_the_luma_of_Rec_601(byte red, byte green, byte blue, byte luma)
    {
        // 0.299 · 255 = 76.2, 0.587 · 255 = 149.7, 0.114 · 255 = 29.1.
        Assert.That(new Image(3, 1, 1, [red, green, blue]).ToGrey().Pixels, Is.EqualTo(new[] { luma }));
    }

    [Test]
    public void Shrinking_by_a_whole_factor_takes_the_mean_of_each_block()
    {
        Image image = new(1, 2, 4, [0, 10, 100, 200, 20, 30, 100, 0]);
        Assert.That(image.Resize(1, 2).Pixels, Is.EqualTo(new byte[] { 15, 100 }));
    }

    [Test]
    public void Shrinking_by_a_fraction_weighs_pixels_by_the_part_covered()
    {
        // 3 → 2: each new pixel covers one and a half: (90 + 30/2) / 1.5 and (30/2 + 60) / 1.5.
        Assert.That(new Image(1, 1, 3, [90, 30, 60]).Resize(1, 2).Pixels, Is.EqualTo(new byte[] { 70, 50 }));
    }

    [Test]
    public void Growing_blends_between_pixel_centres()
    {
        // 2 → 4: centres at 0.25 and 0.75 of the way between, the ends held.
        Assert.That(new Image(1, 1, 2, [0, 200]).Resize(1, 4).Pixels, Is.EqualTo(new byte[] { 0, 50, 150, 200 }));
    }

    [Test]
    public void A_flat_picture_stays_flat_at_every_size([Values(1, 3, 7, 28, 61)] int height, [Values(1, 5, 28, 90)] int width)
    {
        Image flat = new(1, 28, 28);
        flat.Pixels.AsSpan().Fill(173);
        Assert.That(flat.Resize(height, width).Pixels, Is.All.EqualTo(173));
    }

    [Test]
    public void The_same_size_is_the_same_picture()
    {
        Image image = PngTests.RandomImage(3, 9, 13, 2);
        Assert.That(image.Resize(9, 13).Pixels, Is.EqualTo(image.Pixels));
    }

    [Test]
    public void Opacity_is_put_on_white()
    {
        Image image = new(4, 1, 3, [10, 10, 10, 20, 20, 20, 30, 30, 30, 0, 51, 255]);
        Assert.That(image.OnWhite().Pixels, Is.EqualTo(new byte[] { 255, 206, 10, 255, 208, 20, 255, 210, 30 }));
        Assert.That(image.OnWhite().Invert().Invert().Pixels, Is.EqualTo(image.OnWhite().Pixels));
    }

    [TestCase("a.png", 1)]
    [TestCase("a.png", 3)]
    [TestCase("a.pgm", 1)]
    [TestCase("a.ppm", 3)]
    public void Files_are_written_by_ending_and_read_by_content(string name, int channels)
    {
        using TemporaryFolder folder = new();
        Image image = PngTests.RandomImage(channels, 6, 4, 3);
        ImageFile.Write(folder.File(name), image);
        File.Move(folder.File(name), folder.File("picture"));
        Assert.That(ImageFile.Read(folder.File("picture")).Pixels, Is.EqualTo(image.Pixels));
    }

    [Test]
    public void What_is_no_picture_is_refused_with_its_name()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0]);
        Assert.That(() => ImageFile.Read(path), Throws.TypeOf<InvalidFileException>().With.Message.StartsWith(path).And.Message.Contains("convert it to PNG"));
        Assert.That(() => ImageFile.Write(path, new Image(1, 1, 1)), Throws.ArgumentException.With.Message.Contains(".png"));
    }
}
