using Engine.Formats;

namespace Engine.Cli.Commands;

/// <summary>What a checkpoint says of its run.</summary>
internal static class Checkpoint
{
    /// <summary>True when the run has epochs left that it was asked for; false for a file that says nothing of the kind.</summary>
    public static bool IsUnfinished(string path)
    {
        try
        {
            IReadOnlyDictionary<string, string> metadata = SafetensorsFile.ReadMetadata(path);
            return int.TryParse(metadata.GetValueOrDefault("epochs_done"), out int done)
                && int.TryParse(WeightsFile.ReadInfo(path).Settings.GetValueOrDefault("epochs"), out int epochs)
                && done < epochs;
        }
        catch (IOException)
        {
            // It is about to be replaced anyway.
            return false;
        }
    }
}
