namespace Engine.Cli.Options;

/// <summary>On or off. (An option of type bool would take no word but true and false.)</summary>
internal enum Switch
{
    /// <summary>Off.</summary>
    Off,

    /// <summary>On.</summary>
    On,
}
