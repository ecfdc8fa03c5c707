using System.CommandLine;
using System.Globalization;
using System.Text;
using Engine.Backends;
using Engine.Backends.Cuda;
using Engine.Backends.Ladders;
using Engine.Cli.Bench;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Tensors;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench kernels</c>: climbs the ladders of kernels, rung by rung, with the time of each.</summary>
internal static class BenchKernelsCommand
{
    private const double EmulatorScale = 0.05;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> operation = new("OPERATION")
        {
            Description = $"On a CPU {string.Join(", ", On(Device.Cpu))}; on a GPU {string.Join(", ", On(Device.Cuda()))}; otherwise all",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<Device?> device = Setting.Device("cpu, cuda, cuda:1, emulated or checked; the first GPU unless given, or the CPU where there is none");
        Option<DType?> dtype = Setting.Element("--dtype", "float32 or float64; float32 unless given");
        Option<double?> scale = Setting.Number(
            "--scale", $"Size of the problems; 1 unless given, {EmulatorScale} on the emulator", "a number above 0 and up to 1", x => x is > 0 and <= 1);
        Option<string?> markdown = Setting.Text("--markdown", "Write the tables to a file, too", "FILE");
        Command command = new("kernels", "Time the kernels of each operation, from the textbook's to the fastest") { operation, device, dtype, scale, markdown };
        command.SetAction(parsed =>
        {
            Device where = parsed.GetValue(device) ?? (HasGpu() ? Device.Cuda() : Device.Cpu);
            string? name = parsed.GetValue(operation);
            string[] chosen = [.. On(where).Where(o => name is null || o.Equals(name, StringComparison.OrdinalIgnoreCase))];
            if (chosen.Length == 0)
            {
                throw new MistakeException($"There is no ladder of kernels for '{name}' on {where}. {Nearest.Hint(name!, On(where))}");
            }

            string? report = parsed.GetValue(markdown) is { } path ? terminal.FullPath(path) : null;
            if (report is not null)
            {
                RunFiles.RequireWritable(report, "--markdown");
            }

            StringBuilder text = new();
            DType type = parsed.GetValue(dtype) ?? DType.Float32;
            if (where == Device.Cpu)
            {
                RunOnCpu(terminal, chosen, type, parsed.GetValue(scale) ?? 1, text);
            }
            else
            {
                RunOnCuda(terminal, chosen, where, type, parsed.GetValue(scale), text);
            }

            if (report is not null)
            {
                File.WriteAllText(report, text.ToString());
                terminal.Fact("saved", terminal.ShortPath(report));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static string[] On(Device device) =>
        device == Device.Cpu ? [.. KernelLadders.Operations(device)] : [StreamingKernels.Operation, .. KernelLadders.Operations(device)];

    private static void RunOnCpu(Terminal terminal, string[] operations, DType dtype, double scale, StringBuilder text)
    {
        ClockTimer timer = new(terminal.Cancellation);
        Ceilings ceilings;
        using (LiveLine line = new(terminal))
        {
            line.Show(() => [("what this processor can do at best …", Theme.Quiet)]);
            ceilings = Ceilings.OfCpu(dtype, scale, timer);
        }

        Announce(terminal, text, $"{ceilings.Describe()}, {dtype}, scale {scale.ToString(CultureInfo.InvariantCulture)}", "Times are medians by the clock, after warming up.");
        foreach (string operation in operations)
        {
            LadderTable.Write(terminal, Climb(terminal, operation, new LadderRequest(Device.Cpu, dtype, scale, new Philox(1)), timer, ceilings, text));
        }
    }

    private static void RunOnCuda(Terminal terminal, string[] operations, Device device, DType dtype, double? scale, StringBuilder text)
    {
        CudaBackend backend = (CudaBackend)Backend.Of(device);
        bool emulated = device.Kind == DeviceKind.Emulated;
        double size = scale ?? (emulated ? EmulatorScale : 1);
        using KernelTimer timer = new(backend.Context, backend.Stream);
        Ceilings ceilings = Ceilings.OfCuda(device, timer);
        string copies = ceilings.CopiedBytes is { } copied ? $", copies at {copied / 1e9:0} GB/s" : "";
        Announce(
            terminal,
            text,
            $"{backend.Context.Name} ({device}), {dtype}, scale {size.ToString(CultureInfo.InvariantCulture)}{copies}",
            emulated
                ? "These are times of the emulator on this CPU. They show that every kernel runs; they say nothing about a GPU, where the order may be the reverse."
                : "Times are medians by the device's own clock, after warming up.");
        foreach (string operation in operations)
        {
            LadderRequest request = new(device, dtype, size, new Philox(1));
            if (operation == StreamingKernels.Operation)
            {
                Stream(terminal, request, timer, ceilings.CopiedBytes, text);
            }
            else
            {
                LadderTable.Write(terminal, Climb(terminal, operation, request, timer, ceilings, text));
            }
        }
    }

    private static void Announce(Terminal terminal, StringBuilder text, string title, string note)
    {
        terminal.Fact("device", title);
        terminal.Fact("note", note);
        terminal.Line();
        text.Append(CultureInfo.InvariantCulture, $"# Kernels on {title}\n\n{note}\n");
    }

    private static void Stream(Terminal terminal, LadderRequest request, KernelTimer timer, double? bandwidth, StringBuilder report)
    {
        IReadOnlyList<StreamingKernels> kernels = StreamingKernels.Measure(request, timer);
        StreamingKernels.Write(terminal, StreamingKernels.Title(request), kernels, bandwidth);
        StreamingKernels.Append(report, StreamingKernels.Title(request), kernels, bandwidth);
    }

    private static LadderTiming Climb(
        Terminal terminal, string operation, LadderRequest request, IRunTimer timer, Ceilings ceilings, StringBuilder report)
    {
        using LiveLine line = new(terminal);
        line.Show(() => [($"{operation}: making the problem …", Theme.Quiet)]);
        KernelLadder ladder = KernelLadders.Create(operation, request);
        LadderTiming timing = LadderTiming.Climb(ladder, timer, ceilings, rung =>
        {
            terminal.Cancellation.ThrowIfCancellationRequested();
            line.Show(() => [($"{operation}: {rung.Name} …", Theme.Quiet)]);
        });
        LadderTable.Append(report, timing);
        return timing;
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
