using System.Globalization;
using System.Text;
using Engine.Backends;
using Engine.Backends.Cuda;
using Engine.Backends.Ladders;
using Engine.Cli.Rendering;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>Kernels that do next to nothing but read and write memory: how near they come to the speed of copying.</summary>
/// <param name="Kernel">The operation.</param>
/// <param name="Arrays">How many arrays it reads and writes.</param>
/// <param name="Time">Of one run.</param>
/// <param name="Rate">Bytes per second.</param>
internal sealed record StreamingKernels(string Kernel, int Arrays, TimeSpan Time, double Rate)
{
    /// <summary>What the command calls them.</summary>
    public const string Operation = "Elementwise";

    // Float32 numbers in 256 MB, far more than any cache holds.
    private const int FullSide = 8192;
    private static readonly string[] Heads = ["operation", "arrays", "time", "GB/s"];

    /// <summary>Times each.</summary>
    /// <param name="request">Device, type and size.</param>
    /// <param name="timer">The clock.</param>
    public static IReadOnlyList<StreamingKernels> Measure(LadderRequest request, KernelTimer timer)
    {
        CudaBackend backend = (CudaBackend)Backend.Of(request.Device);
        int side = Side(request);
        Shape shape = [side, side];
        Tensor New(Shape of) => new(of, request.DType, request.Device);
        Tensor x = New(shape), g = New(shape), y = New(shape), row = New([side]), sum = New([]);

        // Zeros and twos by chance: cheap to make, and signs and sums that are not all alike.
        backend.DropoutMask(1, 0, 0, 0.5, x);
        backend.DropoutMask(2, 0, 0, 0.5, g);
        backend.Fill(0.5, y, row);
        (string Name, int Arrays, Action Run)[] kernels =
        [
            ("fill: y = c", 1, () => backend.Fill(0.5, y)),
            ("ReLU: y = max(0, x)", 2, () => backend.ActivationForward(Activation.Relu, x, y)),
            ("ReLU's way back: dx = g where y > 0", 3, () => backend.ActivationBackward(Activation.Relu, x, g, y)),
            ("y = e^x", 2, () => backend.Unary(UnaryOperation.Exp, x, y)),
            ("y = x + g", 3, () => backend.Binary(BinaryOperation.Add, x, g, y)),
            ("y = x + a row, as a bias is added", 2, () => backend.Binary(BinaryOperation.Add, x, row, y)),
            ("y = 0.1·x + 0.9·y", 3, () => backend.AddScaled(0.1, x, 0.9, y)),
            ("sum along rows", 1, () => backend.Reduce(Reduction.Sum, x, 1, row)),
            ("dropout's mask", 1, () => backend.DropoutMask(1, 0, 0, 0.5, y)),
        ];
        double bytes = (double)shape.ElementCount * request.DType.Size();
        return [.. kernels.Select(k =>
        {
            TimeSpan time = timer.Measure(k.Run);
            return new StreamingKernels(k.Name, k.Arrays, time, k.Arrays * bytes / time.TotalSeconds);
        })];
    }

    /// <summary>The title of the table: "Elementwise: arrays of 8192×8192, Float32".</summary>
    public static string Title(LadderRequest request) => $"{Operation}: arrays of {Side(request)}×{Side(request)}, {request.DType}";

    /// <summary>Writes the table to the terminal.</summary>
    public static void Write(Terminal terminal, string title, IReadOnlyList<StreamingKernels> kernels, double? copyBandwidth)
    {
        terminal.Line(title, Theme.Strong);
        string[] heads = [.. Heads, .. copyBandwidth is null ? (string[])[] : ["of copy"]];
        TextTable table = new([heads[0], .. heads[1..].Select(h => $">{h}")]);
        foreach (StreamingKernels kernel in kernels)
        {
            table.Add(kernel.Cells(copyBandwidth));
        }

        table.WriteTo(terminal);
        terminal.Line();
    }

    /// <summary>Appends the table to a report.</summary>
    public static void Append(StringBuilder report, string title, IReadOnlyList<StreamingKernels> kernels, double? copyBandwidth)
    {
        string[] heads = [.. Heads, .. copyBandwidth is null ? (string[])[] : ["of copy"]];
        report.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| {string.Join(" | ", heads)} |\n| --- |{string.Concat(heads.Skip(1).Select(_ => " ---: |"))}\n");
        foreach (StreamingKernels kernel in kernels)
        {
            report.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", kernel.Cells(copyBandwidth))} |\n");
        }
    }

    private string[] Cells(double? copyBandwidth) =>
    [
        Kernel,
        $"{Arrays}",
        LadderTable.Time(Time),
        Numbers.Rate(Rate / 1e9),
        .. copyBandwidth is { } copied ? [$"{100 * Rate / copied:0.0} %"] : (string[])[],
    ];

    private static int Side(LadderRequest request) => request.Scale >= 1 ? FullSide : (int)(FullSide * request.Scale) | 1;
}
