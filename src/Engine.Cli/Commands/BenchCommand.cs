using System.CommandLine;
using System.Globalization;
using System.Text;
using Engine.Backends;
using Engine.Backends.Cuda;
using Engine.Cli.Bench;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Tensors;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench kernels</c>: climbs the ladders of kernels, rung by rung, with the time of each; beside it <c>engine bench steps</c> and <c>engine bench predict</c>.</summary>
internal static class BenchCommand
{
    private const double EmulatorScale = 0.05;
    private const int CopiedBytes = 256 * 1024 * 1024;

    private static readonly string[] Operations = [StreamingKernels.Operation, .. KernelLadders.Operations];

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> operation = new("OPERATION")
        {
            Description = $"One of {string.Join(", ", Operations)}; otherwise all",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<Device?> device = Setting.Device("cuda, cuda:1, emulated or checked; the first GPU unless given, or the emulator where there is none");
        Option<DType?> dtype = Setting.Element("--dtype", "float32 or float64; float32 unless given");
        Option<double?> scale = Setting.Number(
            "--scale", $"Size of the problems; 1 unless given, {EmulatorScale} on the emulator", "a number above 0 and up to 1", x => x is > 0 and <= 1);
        Option<string?> markdown = Setting.Text("--markdown", "Write the tables to a file, too", "FILE");
        Command kernels = new("kernels", "Time the kernels of each operation, from the textbook's to the fastest") { operation, device, dtype, scale, markdown };
        kernels.SetAction(parsed =>
        {
            string? name = parsed.GetValue(operation);
            string[] chosen = [.. Operations.Where(o => name is null || o.Equals(name, StringComparison.OrdinalIgnoreCase))];
            if (chosen.Length == 0)
            {
                throw new MistakeException($"There is no ladder of kernels for '{name}'. {Nearest.Hint(name!, Operations)}");
            }

            Device where = parsed.GetValue(device) ?? (HasGpu() ? Device.Cuda() : Device.Emulated);
            if (where == Device.Cpu)
            {
                throw new MistakeException("--device cpu has no CUDA kernels to time. Name cuda, emulated or checked.");
            }

            Run(terminal, chosen, where, parsed.GetValue(dtype) ?? DType.Float32, parsed.GetValue(scale), parsed.GetValue(markdown));
            return ExitCode.Success;
        });
        return new Command("bench", "Measure speed") { kernels, BenchStepsCommand.Create(terminal), BenchPredictCommand.Create(terminal) };
    }

    private static void Run(Terminal terminal, string[] operations, Device device, DType dtype, double? scale, string? markdown)
    {
        string? report = markdown is null ? null : terminal.FullPath(markdown);
        if (report is not null)
        {
            RunFiles.RequireWritable(report, "--markdown");
        }

        CudaBackend backend = (CudaBackend)Backend.Of(device);
        bool emulated = device.Kind == DeviceKind.Emulated;
        double size = scale ?? (emulated ? EmulatorScale : 1);
        using KernelTimer timer = new(backend.Context, backend.Stream);

        // The emulator's memory is the host's, and no kernel of it comes near.
        double? bandwidth = emulated ? null : MeasureCopy(backend, timer);
        string title = $"{backend.Context.Name} ({device}), {dtype}, scale {size.ToString(CultureInfo.InvariantCulture)}{(bandwidth is { } copied ? $", copies at {copied / 1e9:0} GB/s" : "")}";
        terminal.Fact("device", title);
        string note = emulated
            ? "These are times of the emulator on this CPU. They show that every kernel runs; they say nothing about a GPU, where the order may be the reverse."
            : "Times are medians by the device's own clock, after warming up.";
        terminal.Fact("note", note);
        terminal.Line();

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# Kernels on {title}\n\n{note}\n");
        foreach (string operation in operations)
        {
            LadderRequest request = new(device, dtype, size, new Philox(1));
            if (operation == StreamingKernels.Operation)
            {
                Stream(terminal, request, timer, bandwidth, text);
            }
            else
            {
                LadderTable.Write(terminal, Climb(terminal, operation, request, timer, bandwidth, text));
            }
        }

        if (report is not null)
        {
            File.WriteAllText(report, text.ToString());
            terminal.Fact("saved", terminal.ShortPath(report));
        }
    }

    private static void Stream(Terminal terminal, LadderRequest request, KernelTimer timer, double? bandwidth, StringBuilder report)
    {
        IReadOnlyList<StreamingKernels> kernels = StreamingKernels.Measure(request, timer);
        StreamingKernels.Write(terminal, StreamingKernels.Title(request), kernels, bandwidth);
        StreamingKernels.Append(report, StreamingKernels.Title(request), kernels, bandwidth);
    }

    private static LadderTiming Climb(
        Terminal terminal, string operation, LadderRequest request, KernelTimer timer, double? bandwidth, StringBuilder report)
    {
        using LiveLine line = new(terminal);
        line.Show(() => [($"{operation}: making the problem …", Theme.Quiet)]);
        KernelLadder ladder = KernelLadders.Create(operation, request);
        LadderTiming timing = LadderTiming.Climb(ladder, timer, bandwidth, rung =>
        {
            terminal.Cancellation.ThrowIfCancellationRequested();
            line.Show(() => [($"{operation}: {rung.Name} …", Theme.Quiet)]);
        });
        LadderTable.Append(report, timing);
        return timing;
    }

    // What is read and written per second when the device does nothing else: the ceiling of all that waits for memory.
    private static double MeasureCopy(CudaBackend backend, KernelTimer timer)
    {
        using CudaDeviceVariable<byte> from = backend.Context.Allocate<byte>(CopiedBytes, "from"), to = backend.Context.Allocate<byte>(CopiedBytes, "to");
        TimeSpan time = timer.Measure(() => backend.Stream.Copy(from.Address, to.Address, CopiedBytes));
        return 2.0 * CopiedBytes / time.TotalSeconds;
    }

    private static bool HasGpu()
    {
        try
        {
            return NativeLibraries.IsAvailable(NativeLibraries.Driver) && Backend.Of(Device.Cuda()) is not null;
        }
        catch (CudaException)
        {
            // A driver without a device that can be used.
            return false;
        }
    }
}
