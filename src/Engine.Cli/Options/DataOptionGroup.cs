using System.Collections;
using System.CommandLine;
using Engine.Data;

namespace Engine.Cli.Options;

/// <summary>The options that say which data to use, for every command that uses some.</summary>
internal sealed class DataOptionGroup : IEnumerable<Option>
{
    /// <summary>The data set.</summary>
    public Option<string?> Dataset { get; } = Setting.Text("--dataset", "The data, a name of 'engine list'; otherwise what the model is usually trained on", "NAME");

    /// <summary>The folder.</summary>
    public Option<string?> Folder { get; } = Setting.Text(
        "--data", $"The folder with the data's files; otherwise that in {DataLocator.EnvironmentVariable}, the cache, or a download", "DIR");

    /// <summary>Training samples.</summary>
    public Option<int?> Samples { get; } = Setting.WholeNumber("--samples", "Use only so many training samples");

    /// <summary>Test samples.</summary>
    public Option<int?> TestSamples { get; } = Setting.WholeNumber("--test-samples", "Use only so many test samples");

    /// <summary>No network.</summary>
    public Option<bool> Offline { get; } = new("--offline") { Description = "Download nothing" };

    /// <inheritdoc/>
    public IEnumerator<Option> GetEnumerator() =>
        ((IEnumerable<Option>)[Dataset, Folder, Samples, TestSamples, Offline]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
