namespace Engine.Cli.Doctor;

/// <summary>A line of the doctor's page.</summary>
/// <param name="Label">What was looked for: "cuBLAS".</param>
/// <param name="Text">What was found, and where.</param>
/// <param name="IsThere">False where it is missing.</param>
internal sealed record Finding(string Label, string Text, bool IsThere = true);

/// <summary>Findings that belong together.</summary>
/// <param name="Title">What they are about.</param>
/// <param name="Findings">The lines.</param>
internal sealed record Section(string Title, IReadOnlyList<Finding> Findings);

/// <summary>Something that is missing: what for, and what to do.</summary>
/// <param name="Purpose">"To train on a GPU (--device cuda)".</param>
/// <param name="Action">"install the NVIDIA driver".</param>
internal sealed record Advice(string Purpose, string Action)
{
    /// <summary>The sentence.</summary>
    public override string ToString() => $"{Purpose}: {Action}.";
}
