namespace Engine.Data;

/// <summary>
/// A file that is not what it claims to be: cut short, damaged, of another format, or made to harm. The message names
/// the file, the byte where reading stopped making sense, and what was expected there.
/// </summary>
/// <remarks>The one exception every reader of this room throws for malformed input.</remarks>
public sealed class InvalidFileException : IOException
{
    /// <summary>A complaint about a file.</summary>
    /// <param name="fileName">The file's path, or a name for a stream.</param>
    /// <param name="offset">Where in the file, in bytes from its beginning.</param>
    /// <param name="problem">What was found and what was expected, one sentence without its full stop.</param>
    /// <param name="innerException">What the framework's decoder said, if it was the one to notice.</param>
    public InvalidFileException(string fileName, long offset, string problem, Exception? innerException = null)
        : base($"{fileName}: byte {offset}: {problem}.", innerException)
    {
        FileName = fileName;
        Offset = offset;
    }

    /// <summary>The file's path, or a name for a stream.</summary>
    public string FileName { get; }

    /// <summary>Where in the file, in bytes from its beginning.</summary>
    public long Offset { get; }
}
