using System.Text.RegularExpressions;

namespace Engine.Cli.KernelChecks;

/// <summary>A parameter of a kernel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, or that of the elements it points to.</param>
/// <param name="IsPointer">True for an array.</param>
/// <param name="IsConst">True for an array that is only read.</param>
internal sealed record KernelParameter(string Name, ElementType Type, bool IsPointer, bool IsConst)
{
    /// <summary>As in C++: "const float* x".</summary>
    public override string ToString() => $"{(IsConst ? "const " : "")}{Type.Name}{(IsPointer ? "*" : "")} {Name}";
}

/// <summary>A kernel as its source declares it.</summary>
/// <param name="Name">The name to launch it by: "saxpy", "saxpy_f32".</param>
/// <param name="BaseName">The name without the suffix of a type: "saxpy".</param>
/// <param name="Parameters">In their order.</param>
internal sealed partial record KernelSignature(string Name, string BaseName, IReadOnlyList<KernelParameter> Parameters)
{
    private const string ReferenceSuffix = "_reference";

    /// <summary>True for a kernel that says what another should compute.</summary>
    public bool IsReference => BaseName.EndsWith(ReferenceSuffix, StringComparison.Ordinal);

    /// <summary>The name of the kernel that says what this one should compute: "saxpy_reference", "saxpy_reference_f32".</summary>
    public string ReferenceName => $"{BaseName}{ReferenceSuffix}{Name[BaseName.Length..]}";

    /// <summary>The kernels that a source text declares, in their order.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <exception cref="MistakeException">A parameter has a type that is not known here.</exception>
    public static IReadOnlyList<KernelSignature> ReadAll(string source)
    {
        string code = WithoutComments(source);
        List<(int At, KernelSignature Kernel)> found = [];
        foreach (Match match in Plain().Matches(code))
        {
            string name = match.Groups["name"].Value;
            found.Add((match.Index, new KernelSignature(name, name, Read(name, match.Groups["parameters"].Value, null))));
        }

        foreach (Match match in Macro().Matches(code))
        {
            string name = match.Groups["name"].Value, types = match.Groups["types"].Value;
            foreach ((string suffix, string type) in (ReadOnlySpan<(string, string)>)[("f32", "float"), ("f64", "double")])
            {
                if (types.Contains(suffix, StringComparison.OrdinalIgnoreCase))
                {
                    found.Add((match.Index, new KernelSignature($"{name}_{suffix}", name, Read(name, match.Groups["parameters"].Value, type))));
                }
            }
        }

        return [.. found.OrderBy(f => f.At).Select(f => f.Kernel)];
    }

    /// <summary>The names of kernels that cannot be found by name, because <c>extern "C"</c> is missing.</summary>
    public static IReadOnlyList<string> ReadHidden(string source) => [.. Hidden().Matches(WithoutComments(source)).Select(m => m.Groups["name"].Value)];

    /// <summary>As in C++: "saxpy(float a, const float* x, float* y, int n)".</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Parameters)})";

    // Blanks take the place of comments, so that lines and positions stay as they are.
    private static string WithoutComments(string source) =>
        Comments().Replace(source, comment => new string([.. comment.Value.Select(c => c == '\n' ? '\n' : ' ')]));

    private static KernelParameter[] Read(string kernel, string parameters, string? t)
    {
        string[] parts = parameters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts is ["void"] ? [] : [.. parts.Select(part => ReadOne(kernel, part, t))];
    }

    private static KernelParameter ReadOne(string kernel, string text, string? t)
    {
        Match match = Parameter().Match(Ignored().Replace(text, " "));
        string type = Blanks().Replace(match.Groups["type"].Value.Replace("const", "", StringComparison.Ordinal), " ").Trim();
        type = type == "T" && t is not null ? t : type;
        if (!match.Success || ElementType.Find(type) is not { } element)
        {
            throw new MistakeException($"Kernel {kernel} has the parameter '{text.Trim()}', and a check can make arguments of these types and arrays of them: {ElementType.Names}.");
        }

        bool isPointer = match.Groups["stars"].Value.Length > 0;
        return new KernelParameter(match.Groups["name"].Value, element, isPointer, isPointer && match.Groups["type"].Value.Contains("const", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"extern\s+""C""\s+__global__\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?void\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?(?<name>\w+)\s*\((?<parameters>[^)]*)\)")]
    private static partial Regex Plain();

    [GeneratedRegex(@"KERNEL_(?<types>F32_F64|F32|F64)(?:_OF)?\s*\(\s*(?<name>\w+)\s*,\s*\((?<parameters>[^)]*)\)")]
    private static partial Regex Macro();

    [GeneratedRegex(@"(?<!extern\s+""C""\s+)__global__\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?void\s+(?<name>\w+)\s*\(")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"\b(__restrict__|__restrict|restrict|__grid_constant__)\b")]
    private static partial Regex Ignored();

    [GeneratedRegex(@"^\s*(?<type>[\w\s]+?)\s*(?<stars>\*?)\s*(?:const\s+)?(?<name>\w+)\s*$")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
