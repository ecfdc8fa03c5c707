using System.Globalization;
using System.Numerics;

namespace Engine.Data;

/// <summary>One way of writing a digit: strokes through control points, in several models that may be blended.</summary>
/// <remarks>
/// All models of a glyph have the same strokes and points, so that any weighted mean of them is a way of writing it, too:
/// a 2 with a large loop and one with a small loop give every 2 between them.
/// </remarks>
internal sealed class Glyph
{
    private Glyph(double weight, Vector2[][][] models, bool[][] corners)
    {
        (Weight, Models, Corners) = (weight, models, corners);
    }

    /// <summary>How often this way is taken, relative to the other ways of the same digit.</summary>
    public double Weight { get; }

    /// <summary>Control points by model, stroke and point. A digit is about 1 tall; y points down.</summary>
    public Vector2[][][] Models { get; }

    /// <summary>By stroke and point: true where the pen turns sharply instead of rounding the corner.</summary>
    public bool[][] Corners { get; }

    /// <summary>Reads a glyph from its notation.</summary>
    /// <param name="weight">How often it is taken.</param>
    /// <param name="models">
    /// Points "x,y" in hundredths of the height, separated by blanks; "*" after a point makes it a corner; "|" lifts the
    /// pen. The first model decides where the corners are.
    /// </param>
    public static Glyph Parse(double weight, params string[] models)
    {
        Vector2[][][] points = [.. models.Select(model => ReadStrokes(model, ReadPoint))];
        if (points.Any(model => !model.Select(s => s.Length).SequenceEqual(points[0].Select(s => s.Length))))
        {
            throw new ArgumentException($"The models of a glyph differ in strokes or points: {string.Join(" / ", models)}");
        }

        return new Glyph(weight, points, ReadStrokes(models[0], word => word.EndsWith('*')));
    }

    private static T[][] ReadStrokes<T>(string model, Func<string, T> read) =>
    [
        .. model.Split('|').Select(stroke => stroke.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(read).ToArray()),
    ];

    private static Vector2 ReadPoint(string word)
    {
        string[] parts = word.TrimEnd('*').Split(',');
        return new Vector2(
            float.Parse(parts[0], CultureInfo.InvariantCulture) / 100, float.Parse(parts[1], CultureInfo.InvariantCulture) / 100);
    }
}
