using System.Numerics;

namespace Engine.Data;

/// <summary>Draws strokes with a round pen on a black-and-white sheet.</summary>
/// <remarks>As the scans behind MNIST were black and white; grey appears when the picture is made smaller.</remarks>
internal sealed class Pen
{
    /// <summary>The side of the sheet in pixels, about four per pixel of the finished digit.</summary>
    public const int Side = 96;

    private const int Margin = 10;

    private readonly byte[] sheet = new byte[Side * Side];

    /// <summary>The sheet, row by row: 255 where there is ink.</summary>
    public ReadOnlySpan<byte> Sheet => sheet;

    /// <summary>Draws a digit as large as the sheet allows.</summary>
    /// <param name="points">The points of all strokes.</param>
    /// <param name="strokeEnds">The index after the last point of each stroke.</param>
    /// <param name="width">The width of the pen relative to the longer side of the digit.</param>
    /// <param name="pressure">How much wider (above 0) or narrower the pen is at the end of each stroke than at its beginning.</param>
    public void Draw(ReadOnlySpan<Vector2> points, IReadOnlyList<int> strokeEnds, float width, float pressure)
    {
        Array.Clear(sheet);
        Vector2 least = points[0], most = points[0];
        foreach (Vector2 p in points)
        {
            (least, most) = (Vector2.Min(least, p), Vector2.Max(most, p));
        }

        // The pen's own width counts towards the size.
        Vector2 size = most - least;
        float longer = MathF.Max(size.X, size.Y);
        float scale = (Side - (2 * Margin)) / (longer * (1 + width));
        float radius = 0.5f * width * scale * longer;
        Vector2 offset = (new Vector2(Side) - (scale * (least + most))) / 2;
        int begin = 0;
        foreach (int end in strokeEnds)
        {
            for (int i = begin; i + 1 < end; i++)
            {
                float along = (i - begin) / (float)(end - begin);
                DrawPiece(
                    (points[i] * scale) + offset, (points[i + 1] * scale) + offset, radius * (1 + (pressure * (along - 0.5f))));
            }

            begin = end;
        }
    }

    // Ink where the distance to the piece is within the radius.
    private void DrawPiece(Vector2 a, Vector2 b, float radius)
    {
        Vector2 low = Vector2.Min(a, b) - new Vector2(radius), high = Vector2.Max(a, b) + new Vector2(radius);
        int left = Math.Max(0, (int)low.X), right = Math.Min(Side - 1, (int)high.X);
        int top = Math.Max(0, (int)low.Y), bottom = Math.Min(Side - 1, (int)high.Y);
        Vector2 along = b - a;
        float inverse = 1 / MathF.Max(along.LengthSquared(), 1e-9f), limit = radius * radius;
        for (int y = top; y <= bottom; y++)
        {
            Span<byte> row = sheet.AsSpan(y * Side, Side);
            float dy = y + 0.5f - a.Y;
            for (int x = left; x <= right; x++)
            {
                float dx = x + 0.5f - a.X;
                float t = Math.Clamp(((dx * along.X) + (dy * along.Y)) * inverse, 0, 1);
                float ex = dx - (t * along.X), ey = dy - (t * along.Y);
                if ((ex * ex) + (ey * ey) <= limit)
                {
                    row[x] = 255;
                }
            }
        }
    }
}
