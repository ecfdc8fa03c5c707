namespace Engine.Formats;

/// <summary>
/// A file that is well formed but belongs to something else: weights of another network, the checkpoint of another
/// run. The message names the file, and what differs.
/// </summary>
public sealed class IncompatibleFileException : IOException
{
    /// <summary>A complaint about a file.</summary>
    /// <param name="fileName">The file's path.</param>
    /// <param name="problem">What is in the file and what was expected, one sentence without its full stop.</param>
    public IncompatibleFileException(string fileName, string problem)
        : base($"{fileName}: {problem}.")
    {
        FileName = fileName;
    }

    /// <summary>The file's path.</summary>
    public string FileName { get; }
}
