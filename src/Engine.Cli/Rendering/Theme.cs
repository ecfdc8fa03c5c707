using Spectre.Console;

namespace Engine.Cli.Rendering;

/// <summary>The few colours there are. Nothing is said by colour alone.</summary>
internal static class Theme
{
    /// <summary>Labels, axes, rules: what frames the numbers.</summary>
    public static Style Quiet { get; } = new(Color.Grey);

    /// <summary>The numbers and names themselves.</summary>
    public static Style Plain { get; } = Style.Plain;

    /// <summary>What the eye should find first.</summary>
    public static Style Strong { get; } = new(decoration: Decoration.Bold);

    /// <summary>Curves, bars, progress.</summary>
    public static Style Accent { get; } = new(Color.DeepSkyBlue3_1);

    /// <summary>A second curve beside the first.</summary>
    public static Style Second { get; } = new(Color.Orange1);

    /// <summary>A check that held.</summary>
    public static Style Good { get; } = new(Color.Green);

    /// <summary>A check that did not.</summary>
    public static Style Bad { get; } = new(Color.Red);
}
