using System.CommandLine;
using Engine.Cli.KernelChecks;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Native.Kernels;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

namespace Engine.Cli.Commands;

/// <summary><c>engine kernel check FILE.cu</c> and <c>engine kernel list</c>.</summary>
internal static class KernelCommand
{
    private const int CompilerLinesShown = 12;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> file = new("FILE") { Description = "A .cu file; comments in it say how its kernels are launched", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> kernel = Setting.Text("--kernel", "Check only this kernel; otherwise all that say how they are launched", "NAME");
        Command check = new("check", "Run a kernel of your own on the emulator that finds mistakes, and compare it with its reference") { file, kernel };
        check.SetAction(parsed => Check(
            terminal,
            parsed.GetValue(file) ?? throw new MistakeException("'engine kernel check' needs a .cu file. For example: engine kernel check examples/kernels/swish.cu"),
            parsed.GetValue(kernel)));

        Command list = new("list", "List the files of the engine's own kernels, and what they compute");
        list.SetAction(_ =>
        {
            List(terminal);
            return ExitCode.Success;
        });
        return new Command("kernel", "Check CUDA kernels of your own, or list the engine's") { check, list };
    }

    private static int Check(Terminal terminal, string file, string? name)
    {
        string path = terminal.FullPath(file), label = Path.GetFileName(path);
        if (!File.Exists(path))
        {
            throw new MistakeException($"There is no file {path}. Check the path.");
        }

        string source = File.ReadAllText(path);
        IReadOnlyList<CheckedKernel> kernels = CheckedKernel.ReadAll(label, source, name);
        EmulatedDriver driver = EmulatedDriver.Checked;
        using CudaContext context = new(driver);
        using CudaModule module = Load(terminal, context, path);
        bool allRight = true;
        foreach (CheckedKernel kernel in kernels)
        {
            KernelCheckReport.Introduce(terminal, kernel);
            KernelCheck check = new(driver, context, module, kernel);
            IReadOnlyList<CheckFinding> findings = check.Run(terminal.Cancellation);
            KernelCheckReport.Conclude(terminal, kernel, check, findings, label, source);
            allRight &= findings.Count == 0;
        }

        return allRight ? ExitCode.Success : ExitCode.Failure;
    }

    // The compiler's text is worth reading whole; the one line at the end says what it comes to.
    private static CudaModule Load(Terminal terminal, CudaContext context, string path)
    {
        try
        {
            return KernelFile.Load(context, path);
        }
        catch (KernelCompilationException problem)
        {
            string label = Path.GetFileName(path);
            string[] lines = problem.Log.Replace(path, label, StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            foreach (string line in lines.Take(CompilerLinesShown))
            {
                terminal.Line(line.TrimEnd());
            }

            string first = lines.FirstOrDefault(l => l.Contains("error:", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "";
            throw new MistakeException($"{label} does not compile: {first.Trim()}", problem);
        }
    }

    private static void List(Terminal terminal)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "kernels");
        TextTable table = new("file", "what its kernels compute");
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.cu") : [];
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            table.Add(Path.GetFileName(file), FirstSentence(File.ReadLines(file)));
        }

        table.WriteTo(terminal);
        terminal.Line();
        terminal.Paragraph($"The sources, which are there to be read, lie in {folder}.", Theme.Quiet);
    }

    // Every file begins with a comment that says what it is about.
    private static string FirstSentence(IEnumerable<string> lines)
    {
        string comment = string.Join(' ', lines.TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal)).Select(l => l[2..].Trim()));
        int end = comment.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? comment : comment[..end]).TrimEnd('.');
    }
}
