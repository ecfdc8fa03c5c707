using Engine.Data;
using Engine.Formats;

namespace Engine.Cli.Commands;

/// <summary>Where a run keeps its files: the weights when it is done, and a checkpoint while it is under way.</summary>
/// <param name="Weights">The trained network.</param>
/// <param name="Checkpoint">The state to resume from.</param>
/// <param name="Best">The weights of the epoch that did best on held-out samples, where some are held out.</param>
internal sealed record RunFiles(string Weights, string Checkpoint, string Best)
{
    private const string Extension = ".safetensors";
    private const string WeightsName = "weights" + Extension;
    private const string CheckpointName = "checkpoint" + Extension;
    private const string BestName = "best" + Extension;

    /// <summary>The folder of runs below the current one.</summary>
    public const string DefaultFolder = "runs";

    /// <summary>The files of a model's run.</summary>
    /// <param name="terminal">Where relative paths begin.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="output">What the user named: a folder, or a file *.safetensors for the weights; null for runs/MODEL.</param>
    public static RunFiles Of(Terminal terminal, string model, string? output)
    {
        string path = terminal.FullPath(output ?? Path.Combine(DefaultFolder, model));
        return path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
            ? new RunFiles(path, $"{path[..^Extension.Length]}.{CheckpointName}", $"{path[..^Extension.Length]}.{BestName}")
            : new RunFiles(Path.Combine(path, WeightsName), Path.Combine(path, CheckpointName), Path.Combine(path, BestName));
    }

    /// <summary>The network for pictures that was trained last below the current folder; null where there is none.</summary>
    /// <exception cref="InvalidFileException">A file there is malformed.</exception>
    public static string? LatestForPictures(Terminal terminal)
    {
        DirectoryInfo runs = new(terminal.FullPath(DefaultFolder));
        return runs.Exists
            ? runs.EnumerateFiles(WeightsName, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
                .OrderByDescending(f => f.LastWriteTimeUtc)
                .Select(f => f.FullName)
                .FirstOrDefault(path => WeightsFile.ReadInfo(path).InputShape?.Rank == 3)
            : null;
    }

    /// <summary>Makes the folder and sees that it can be written to, before hours of training depend on it.</summary>
    /// <exception cref="MistakeException">It cannot.</exception>
    public void Prepare() => RequireWritable(Weights, "--output");

    /// <summary>Makes the folder of a file that is to be written, and sees that it can be.</summary>
    /// <exception cref="MistakeException">It cannot.</exception>
    public static void RequireWritable(string file, string option)
    {
        string folder = Path.GetDirectoryName(file)!;
        try
        {
            if (Directory.Exists(file))
            {
                throw new MistakeException($"{option} names {file}, which is a folder; it is to be a file.");
            }

            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new MistakeException(
                $"Nothing can be written to {folder}: {problem.Message.TrimEnd('.')}. Name another place with {option}.", problem);
        }
    }
}
