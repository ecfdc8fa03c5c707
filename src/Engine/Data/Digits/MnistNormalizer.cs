namespace Engine.Data;

/// <summary>Brings a digit, light on dark, into the form of MNIST.</summary>
/// <remarks>
/// "The original black and white (bilevel) images from NIST were size normalized to fit in a 20×20 pixel box while
/// preserving their aspect ratio. The resulting images contain grey levels as a result of the anti-aliasing technique
/// used by the normalization algorithm. The images were centered in a 28×28 image by computing the center of mass of the
/// pixels, and translating the image so as to position this point at the center of the 28×28 field." (Y. LeCun, C. Cortes,
/// C. Burges, "The MNIST database of handwritten digits".) The translation is by whole pixels, and the centre is the
/// pixel (14, 14) counted from 0: in all of MNIST the centre of mass lies within half a pixel of it.
/// </remarks>
internal static class MnistNormalizer
{
    /// <summary>The side of the finished picture.</summary>
    public const int Side = 28;

    private const int BoxSide = 20;
    private const int Centre = 14;

    /// <summary>Normalises the ink of a plane; a plane without ink gives a black picture.</summary>
    /// <param name="plane">Grey levels, row by row: 0 is background, 255 is ink.</param>
    /// <param name="width">The length of its rows.</param>
    /// <param name="threshold">From which level on a pixel counts as ink when the digit is cut out.</param>
    /// <param name="result">28×28 grey levels.</param>
    public static void Normalize(ReadOnlySpan<byte> plane, int width, byte threshold, Span<byte> result)
    {
        result.Clear();
        (int left, int top, int right, int bottom) = InkBounds(plane, width, threshold);
        if (right < left)
        {
            return;
        }

        int inkWidth = right - left + 1, inkHeight = bottom - top + 1;
        double scale = (double)BoxSide / Math.Max(inkWidth, inkHeight);
        int newWidth = Math.Max(1, (int)Math.Round(inkWidth * scale)), newHeight = Math.Max(1, (int)Math.Round(inkHeight * scale));
        Span<byte> box = stackalloc byte[newWidth * newHeight];
        Resampler.Resample(plane, width, left, top, inkWidth, inkHeight, box, newWidth, newHeight);
        (double x, double y) = CentreOfMass(box, newWidth);

        // A box off centre can only stick out where the digit is very lopsided; it is held inside the picture.
        int toX = Math.Clamp((int)Math.Round(Centre - x), 0, Side - newWidth), toY = Math.Clamp((int)Math.Round(Centre - y), 0, Side - newHeight);
        for (int row = 0; row < newHeight; row++)
        {
            box.Slice(row * newWidth, newWidth).CopyTo(result[(((toY + row) * Side) + toX)..]);
        }
    }

    private static (int Left, int Top, int Right, int Bottom) InkBounds(ReadOnlySpan<byte> plane, int width, byte threshold)
    {
        int left = width, top = plane.Length, right = -1, bottom = -1;
        for (int y = 0; y * width < plane.Length; y++)
        {
            ReadOnlySpan<byte> row = plane.Slice(y * width, width);
            int first = row.IndexOfAnyInRange(threshold, (byte)255);
            if (first >= 0)
            {
                (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOfAnyInRange(threshold, (byte)255)));
                (top, bottom) = (Math.Min(top, y), y);
            }
        }

        return (left, top, right, bottom);
    }

    private static (double X, double Y) CentreOfMass(ReadOnlySpan<byte> box, int width)
    {
        long mass = 0, x = 0, y = 0;
        for (int i = 0; i < box.Length; i++)
        {
            mass += box[i];
            x += box[i] * (i % width);
            y += box[i] * (i / width);
        }

        return mass == 0 ? (0, 0) : ((double)x / mass, (double)y / mass);
    }
}
