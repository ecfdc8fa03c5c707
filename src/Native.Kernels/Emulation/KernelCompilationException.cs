namespace Native.Kernels.Emulation;

/// <summary>A kernel does not compile. The message has the compiler's own text, with file and line.</summary>
public sealed class KernelCompilationException : Exception
{
    /// <summary>What the compiler said about a file.</summary>
    /// <param name="sourceFile">The .cu file.</param>
    /// <param name="log">The compiler's text.</param>
    public KernelCompilationException(string sourceFile, string log)
        : base($"{Path.GetFileName(sourceFile)} does not compile:\n{log.TrimEnd()}")
    {
        Log = log;
    }

    /// <summary>The compiler's text.</summary>
    public string Log { get; }
}
