using Engine.Cli.Rendering;

namespace Engine.Cli.KernelChecks;

/// <summary>A kernel of a file with what its file says about it.</summary>
/// <param name="Signature">The kernel.</param>
/// <param name="Reference">The kernel that says what it should compute; null where there is none.</param>
/// <param name="Declaration">How to launch it.</param>
internal sealed record CheckedKernel(KernelSignature Signature, KernelSignature? Reference, Declaration Declaration)
{
    /// <summary>The kernels of a file that are to be checked.</summary>
    /// <param name="file">What to call the file in messages.</param>
    /// <param name="source">Its text.</param>
    /// <param name="kernel">The user's choice, with or without a type's suffix; null for every kernel with a declaration.</param>
    /// <exception cref="MistakeException">There is nothing to check, or a declaration does not fit its kernel.</exception>
    public static IReadOnlyList<CheckedKernel> ReadAll(string file, string source, string? kernel)
    {
        IReadOnlyList<KernelSignature> signatures = KernelSignature.ReadAll(source);
        KernelSignature[] kernels = [.. signatures.Where(s => !s.IsReference)];
        if (kernels.Length == 0)
        {
            IReadOnlyList<string> hidden = KernelSignature.ReadHidden(source);
            throw new MistakeException(hidden.Count > 0
                ? $"{file}: kernel '{hidden[0]}' cannot be found by its name. Write extern \"C\" before __global__."
                : $"{file} declares no kernel: no function that begins with extern \"C\" __global__ void.");
        }

        IReadOnlyList<Declaration> declarations = DeclarationReader.ReadAll(file, source);
        foreach (Declaration declaration in declarations)
        {
            if (!kernels.Any(k => Fits(declaration, k)))
            {
                throw new MistakeException($"{file}:{declaration.Line}: there is no kernel '{declaration.Kernel}'. {Nearest.Hint(declaration.Kernel, [.. kernels.Select(k => k.Name)])}");
            }
        }

        KernelSignature[] chosen = kernel is null
            ? [.. kernels.Where(k => declarations.Any(d => Fits(d, k)))]
            : [.. kernels.Where(k => k.Name == kernel || k.BaseName == kernel)];
        return chosen.Length > 0
            ? [.. chosen.Select(k => Pair(file, k, signatures, declarations))]
            : throw new MistakeException(kernel is null
                ? $"{file} does not say how to launch '{kernels[0].Name}'. {HowToDeclare(kernels[0])}"
                : $"{file} has no kernel '{kernel}'. {Nearest.Hint(kernel, [.. kernels.Select(k => k.Name)])}");
    }

    private static CheckedKernel Pair(
        string file, KernelSignature kernel, IReadOnlyList<KernelSignature> signatures, IReadOnlyList<Declaration> declarations)
    {
        Declaration declaration = declarations.FirstOrDefault(d => d.Kernel == kernel.Name) ?? declarations.FirstOrDefault(d => Fits(d, kernel))
            ?? throw new MistakeException($"{file} does not say how to launch '{kernel.Name}'. {HowToDeclare(kernel)}");
        foreach (KernelParameter parameter in kernel.Parameters)
        {
            if (parameter.IsPointer ? !declaration.Arrays.ContainsKey(parameter.Name) : !declaration.Values.ContainsKey(parameter.Name))
            {
                string line = parameter.IsPointer ? $"{parameter.Name}[LENGTH]" : $"{parameter.Name} = NUMBER";
                throw new MistakeException($"{file}:{declaration.Line}: '{kernel.Name}' has the parameter '{parameter}', and nothing says what it is. Add the line // {line}");
            }
        }

        string? stray = declaration.Arrays.Keys.FirstOrDefault(name => !kernel.Parameters.Any(p => p.IsPointer && p.Name == name));
        if (stray is not null)
        {
            throw new MistakeException($"{file}:{declaration.Line}: '{kernel.Name}' has no array '{stray}'. It is {kernel}.");
        }

        KernelSignature? reference = signatures.FirstOrDefault(s => s.Name == kernel.ReferenceName);
        return reference is null || Types(reference).SequenceEqual(Types(kernel))
            ? new CheckedKernel(kernel, reference, declaration)
            : throw new MistakeException($"{file}: the reference takes other parameters than the kernel: {reference} and {kernel}. Give it the same.");
    }

    private static IEnumerable<(ElementType, bool)> Types(KernelSignature kernel) => kernel.Parameters.Select(p => (p.Type, p.IsPointer));

    private static bool Fits(Declaration declaration, KernelSignature kernel) => declaration.Kernel == kernel.Name || declaration.Kernel == kernel.BaseName;

    // With the kernel's own parameters, so that it can be copied.
    private static string HowToDeclare(KernelSignature kernel)
    {
        string? size = kernel.Parameters.LastOrDefault(p => !p.IsPointer && p.Type.Kind != NumberKind.Floating)?.Name;
        string[] arrays = [.. kernel.Parameters.Where(p => p.IsPointer).Select(p => $"{p.Name}[{size ?? "1000"}]")];
        string[] lines =
        [
            $"// check {kernel.BaseName}",
            .. kernel.Parameters.Where(p => !p.IsPointer).Select(p => $"//   {p.Name} = {(p.Name == size ? "tails" : p.Type.Kind == NumberKind.Floating ? "2.5" : "3")}"),
            .. arrays.Length > 0 ? [$"//   {string.Join(", ", arrays)}"] : (string[])[],
            $"//   grid {(size is null ? "4" : $"({size} + 255) / 256")}",
            "//   block 256",
        ];
        return $"Write above it these {Numbers.Count(lines.Length)} lines, or the like: {string.Join(" ⏎ ", lines)}";
    }
}
