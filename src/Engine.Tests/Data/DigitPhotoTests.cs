using Engine.Data;

namespace Engine.Tests.Data;

public sealed class DigitPhotoTests
{
    [Test]
    public void Ink_on_paper_becomes_light_on_dark_in_the_form_of_MNIST([Values] bool darkInk, [Values(40, 200)] int side)
    {
        // An upright bar, a quarter as wide as high, somewhere on a grainy sheet.
        Image photo = Sheet(side, darkInk ? 200 : 40, grain: 6);
        for (int y = side / 8; y < side / 8 * 5; y++)
        {
            for (int x = side / 2; x < (side / 2) + (side / 8); x++)
            {
                photo[0, y, x] = darkInk ? (byte)30 : (byte)220;
            }
        }

        Image digit = DigitPhoto.ToMnist(photo);
        Assert.That((digit.Channels, digit.Height, digit.Width), Is.EqualTo((1, 28, 28)));
        for (int y = 0; y < 28; y++)
        {
            for (int x = 0; x < 28; x++)
            {
                // 20 high and 5 wide, the centre of mass within half a pixel of (14, 14).
                bool inside = y is >= 5 and <= 23 && x is >= 12 and <= 16, outside = y is < 4 or > 24 || x is < 11 or > 17;
                Assert.That(digit[0, y, x], inside ? Is.GreaterThan(200) : outside ? Is.LessThan(20) : Is.InRange(0, 255), $"({x}, {y})");
            }
        }
    }

    [Test]
    public void A_picture_of_MNIST_stays_as_it_is_and_so_does_its_negative()
    {
        for (int i = 0; i < 50; i++)
        {
            Image digit = new(1, 28, 28, new DigitGenerator(1).Draw(i));
            Assert.That(DigitPhoto.ToMnist(digit).Pixels, Is.EqualTo(digit.Pixels));
            Assert.That(DigitPhoto.ToMnist(digit.Invert().ToRgb()).Pixels, Is.EqualTo(digit.Pixels));
        }
    }

    [Test]
    public void A_digit_enlarged_pixel_by_pixel_comes_back_exactly()
    {
        const int Factor = 6;
        int compared = 0;
        for (int i = 0; i < 200; i++)
        {
            Image digit = new(1, 28, 28, new DigitGenerator(1).Draw(i));
            Image large = new(1, 28 * Factor, 28 * Factor);
            for (int k = 0; k < large.Pixels.Length; k++)
            {
                large.Pixels[k] = digit[0, k / large.Width / Factor, k % large.Width / Factor];
            }

            // Where the faintest row or column counts as grain, or less than half a per cent is full ink, it may differ.
            bool faint = InkBox(digit, 1) != InkBox(digit, 64) || digit.Pixels.Count(level => level == 255) < 5;
            if (!faint)
            {
                Assert.That(DigitPhoto.ToMnist(large.Invert()).Pixels, Is.EqualTo(digit.Pixels), $"digit {i}");
                compared++;
            }
        }

        Assert.That(compared, Is.GreaterThan(20));
    }

    [Test]
    public void An_empty_sheet_is_black([Values(0, 128, 255)] int level, [Values(0, 8)] int grain) =>
        Assert.That(DigitPhoto.ToMnist(Sheet(60, level, grain)).Pixels, Is.All.Zero);

    private static (int, int, int, int) InkBox(Image digit, byte threshold)
    {
        int[] ink = [.. Enumerable.Range(0, digit.Pixels.Length).Where(k => digit.Pixels[k] >= threshold)];
        return (ink.Min(k => k / 28), ink.Max(k => k / 28), ink.Min(k => k % 28), ink.Max(k => k % 28));
    }

    private static Image Sheet(int side, int level, int grain)
    {
        Philox random = new(8);
        Image sheet = new(1, side, side);
        foreach (ref byte pixel in sheet.Pixels.AsSpan())
        {
            pixel = (byte)Math.Clamp(level + (grain == 0 ? 0 : random.NextInt(grain)), 0, 255);
        }

        return sheet;
    }
}
