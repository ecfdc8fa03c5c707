namespace Engine.Data;

/// <summary>Makes a photograph or a scan of a single digit look like a picture of MNIST.</summary>
public static class DigitPhoto
{
    // A pixel belongs to the digit when it is this dark, of 255, once paper is 0 and ink is 255.
    private const byte InkThreshold = 64;

    // Paper and ink that differ by less are one and the same.
    private const int LeastContrast = 24;

    /// <summary>
    /// Grey; inverted where the border is light, so that ink is light on dark; the paper with its grain made black and the
    /// strongest ink white; the digit cut out, scaled to fit 20×20 and centred by its centre of mass in 28×28.
    /// </summary>
    /// <param name="photo">A picture of one digit that does not touch the border.</param>
    /// <returns>
    /// 1×28×28; all black where nothing stands out from the paper. A picture of 28×28 on pure black (or white) is taken to
    /// be in the form of MNIST already.
    /// </returns>
    public static Image ToMnist(Image photo)
    {
        ArgumentNullException.ThrowIfNull(photo);
        Image grey = photo.ToGrey();
        byte[] border = SortedBorder(grey);
        if (border[border.Length / 2] >= 128)
        {
            grey = grey.Invert();
            border = SortedBorder(grey);
        }

        if (grey.Height == MnistNormalizer.Side && grey.Width == MnistNormalizer.Side && border[^1] == 0)
        {
            return grey;
        }

        Image result = new(1, MnistNormalizer.Side, MnistNormalizer.Side);
        MnistNormalizer.Normalize(Stretch(grey, border).Pixels, grey.Width, InkThreshold, result.Pixels);
        return result;
    }

    // The outermost pixels: what the paper looks like.
    private static byte[] SortedBorder(Image grey)
    {
        List<byte> border = [];
        for (int x = 0; x < grey.Width; x++)
        {
            border.Add(grey[0, 0, x]);
            border.Add(grey[0, grey.Height - 1, x]);
        }

        for (int y = 0; y < grey.Height; y++)
        {
            border.Add(grey[0, y, 0]);
            border.Add(grey[0, y, grey.Width - 1]);
        }

        border.Sort();
        return [.. border];
    }

    // Paper and its grain to 0 (the border up to its 95th percentile), the brightest half per cent to 255.
    private static Image Stretch(Image grey, byte[] border)
    {
        int[] histogram = new int[256];
        foreach (byte value in grey.Pixels)
        {
            histogram[value]++;
        }

        int ink = 255;
        for (int above = histogram[ink]; ink > 0 && above <= grey.Pixels.Length / 200; above += histogram[ink])
        {
            ink--;
        }

        int paper = border[border.Length * 95 / 100];
        Image stretched = new(1, grey.Height, grey.Width);
        for (int i = 0; ink - paper >= LeastContrast && i < stretched.Pixels.Length; i++)
        {
            stretched.Pixels[i] = (byte)Math.Clamp((grey.Pixels[i] - paper) * 255 / (ink - paper), 0, 255);
        }

        return stretched;
    }
}
