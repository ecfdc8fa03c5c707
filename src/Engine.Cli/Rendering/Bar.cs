namespace Engine.Cli.Rendering;

/// <summary>A horizontal bar, an eighth of a character fine.</summary>
internal static class Bar
{
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <summary>The bar for a fraction of the width, as long as it is, without padding.</summary>
    /// <param name="fraction">0 … 1; what lies outside is cut.</param>
    /// <param name="width">Characters at fraction 1.</param>
    public static string Of(double fraction, int width)
    {
        int eighths = (int)Math.Round(Math.Clamp(double.IsNaN(fraction) ? 0 : fraction, 0, 1) * width * 8);
        string full = new('█', eighths / 8);
        return eighths % 8 == 0 ? full : full + Eighths[eighths % 8];
    }
}
