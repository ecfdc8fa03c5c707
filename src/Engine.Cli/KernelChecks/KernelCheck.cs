using Engine.Cli.Rendering;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

namespace Engine.Cli.KernelChecks;

/// <summary>
/// Runs a kernel in every declared size and in three orders of its threads, on the emulator that watches every access,
/// and compares what it leaves in memory with what its reference leaves there.
/// </summary>
internal sealed class KernelCheck(EmulatedDriver driver, CudaContext context, CudaModule module, CheckedKernel kernel)
{
    private static readonly string[] Orders = ["ascending", "descending", "shuffled"];

    private readonly Dictionary<string, CheckFinding> findings = [];

    /// <summary>How many launches there were.</summary>
    public int Launches { get; private set; }

    /// <summary>How many combinations of sizes were tried.</summary>
    public int Cases { get; private set; }

    /// <summary>Runs everything.</summary>
    /// <returns>The mistakes that were found, each once.</returns>
    /// <exception cref="MistakeException">The declaration leads to a launch that cannot be made.</exception>
    public IReadOnlyList<CheckFinding> Run(CancellationToken cancellation)
    {
        using CudaStream stream = context.CreateStream();
        try
        {
            foreach (IReadOnlyDictionary<string, double> names in SizeCases.Of(kernel.Declaration.Values))
            {
                Cases++;
                RunCase(stream, names, cancellation);
            }
        }
        catch (FormatException problem)
        {
            throw new MistakeException($"{module.Label}:{kernel.Declaration.Line}: in the declaration of '{kernel.Declaration.Kernel}' {problem.Message}.", problem);
        }
        finally
        {
            driver.SetOption("order", 0);
        }

        return [.. findings.Values];
    }

    private void RunCase(CudaStream stream, IReadOnlyDictionary<string, double> names, CancellationToken cancellation)
    {
        string sizes = string.Join(", ", names.Select(n => $"{n.Key} = {n.Value:G6}"));
        driver.SetOption("order", 0);
        IReadOnlyList<(KernelParameter Parameter, byte[] Contents)>? expected = null;
        if (kernel.Reference is { } reference)
        {
            using KernelBuffers buffers = new(context, kernel, names);
            try
            {
                module.GetKernel(reference.Name).Launch(stream, 1, 1, 0, buffers.Arguments);
                expected = buffers.Read();
            }
            catch (CudaException problem)
            {
                Add(new CheckFinding($"the reference itself: {problem.Reason}", sizes));
                return;
            }
        }

        Dim3 grid = Sizes("grid", kernel.Declaration.Grid, names), block = Sizes("block", kernel.Declaration.Block, names);
        int shared = (int)(kernel.Declaration.Shared?.Evaluate(names) ?? 0);
        for (int order = 0; order < Orders.Length; order++)
        {
            cancellation.ThrowIfCancellationRequested();
            driver.SetOption("order", order);
            string where = $"{sizes}{(sizes.Length > 0 ? ", " : "")}threads in {Orders[order]} order";
            using KernelBuffers buffers = new(context, kernel, names);
            Launches++;
            try
            {
                module.GetKernel(kernel.Signature.Name).Launch(stream, grid, block, shared, buffers.Arguments);
            }
            catch (CudaException problem)
            {
                Add(new CheckFinding(problem.Reason, where));
                continue;
            }

            Compare(expected ?? [], buffers.Read(), where);
        }
    }

    private void Compare(
        IReadOnlyList<(KernelParameter Parameter, byte[] Contents)> expected, IReadOnlyList<(KernelParameter Parameter, byte[] Contents)> got, string where)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            (KernelParameter parameter, byte[] wanted) = expected[i];
            ElementType type = parameter.Type;
            int first = -1, different = 0, count = wanted.Length / type.Bytes;
            for (int e = 0; e < count; e++)
            {
                if (!kernel.Declaration.Tolerance.Accepts(type, type.Read(got[i].Contents.AsSpan(e * type.Bytes)), type.Read(wanted.AsSpan(e * type.Bytes))))
                {
                    first = first < 0 ? e : first;
                    different++;
                }
            }

            if (different > 0)
            {
                string part = type.Lanes == 1 ? "" : $".{"xyzw"[first % type.Lanes]}";
                double value = type.Read(got[i].Contents.AsSpan(first * type.Bytes)), right = type.Read(wanted.AsSpan(first * type.Bytes));
                Add(new CheckFinding(
                    $"{parameter.Name}[{first / type.Lanes}]{part} is {Digits(type, value)}, the reference has {Digits(type, right)}; "
                    + $"{Numbers.Count(different)} of {Numbers.Count(count, "number")} differ",
                    where,
                    parameter.Name));
            }
        }
    }

    private static Dim3 Sizes(string what, IReadOnlyList<Expression> expressions, IReadOnlyDictionary<string, double> names)
    {
        uint[] sizes = [1, 1, 1];
        for (int i = 0; i < expressions.Count; i++)
        {
            double size = expressions[i].Evaluate(names);
            sizes[i] = size is >= 1 and <= int.MaxValue
                ? (uint)size
                : throw new FormatException($"'{what} {expressions[i].Text}' is {size}");
        }

        return new Dim3(sizes[0], sizes[1], sizes[2]);
    }

    private void Add(CheckFinding finding) =>
        findings[finding.Key] = findings.TryGetValue(finding.Key, out CheckFinding? before) ? before with { Launches = before.Launches + 1 } : finding;

    private static string Digits(ElementType type, double value) => type.Kind != NumberKind.Floating ? $"{value:0}"
        : type.Bytes == 4 ? $"{(float)value:G9}"
        : $"{value:G17}";
}
