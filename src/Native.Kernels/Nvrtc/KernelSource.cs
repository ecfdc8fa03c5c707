namespace Native.Kernels.Nvrtc;

/// <summary>CUDA C++ to be compiled at run time.</summary>
/// <param name="Name">What to call it in messages: "relu.cu".</param>
/// <param name="Text">The source.</param>
/// <param name="Headers">The files that it includes, by the name under which it does.</param>
/// <param name="Options">Options of the compiler: "--use_fast_math", "-DTILE=16". The architecture is added.</param>
public sealed record KernelSource(string Name, string Text, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Options)
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <summary>A source that includes nothing.</summary>
    public KernelSource(string name, string text)
        : this(name, text, NoHeaders, [])
    {
    }

    /// <summary>A source file with the headers that lie beside it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static KernelSource Read(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, string> headers = Directory.EnumerateFiles(folder, "*.h").ToDictionary(h => Path.GetFileName(h), File.ReadAllText);
        return new KernelSource(Path.GetFileName(path), File.ReadAllText(path), headers, []);
    }
}
