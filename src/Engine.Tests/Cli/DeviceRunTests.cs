using Engine.Backends.Cuda;
using Engine.Backends.Ladders;
using Engine.Cli.Bench;
using Engine.Data;
using Engine.Models;
using Engine.Networks;
using Engine.Tests.Emulator;
using Engine.Tests.Training;
using Engine.Training;

namespace Engine.Tests.Cli;

/// <summary>Commands on emulated CUDA: the same code, the same numbers up to rounding, the same bits with and without graphs.</summary>
[RequiresEmulator]
[NonParallelizable]
public sealed class DeviceRunTests : CommandTest
{
    private const string Small = "--dataset digits --samples 96 --test-samples 20 --batch-size 32 --epochs 2";

    [TearDown]
    public void Restore() => CudaSettings.UseGraphs = true;

    [Test]
    public void LeNet5_on_the_emulator_learns_and_has_the_CPU_s_losses()
    {
        List<double> expected = Losses(Device.Cpu), losses = Losses(Device.Emulated);
        Assert.That(losses[^4..].Average(), Is.LessThan(0.8 * losses[..4].Average()));

        // Each step adds the rounding of sums over at most 400 products, and learns from what the steps before have left.
        for (int step = 0; step < expected.Count; step++)
        {
            Assert.That(losses[step], Is.EqualTo(expected[step]).Within(4 * Math.Sqrt(400) * Math.ScaleB(1, -24) * (step + 1)), $"step {step + 1}");
        }
    }

    [Test]
    public void Training_with_and_without_graphs_ends_with_the_same_bits()
    {
        string output = Succeed($"train lenet5 {Small} --device emulated --output with");
        Assert.That(output, Does.Contain("seed 1, float32, on emulated CUDA"));
        Assert.That(Succeed($"train lenet5 {Small} --device emulated --cuda-graph off --output without"), Does.Contain("on emulated CUDA, without CUDA graphs"));
        byte[] Weights(string run) => File.ReadAllBytes(Path(run, "weights.safetensors"));
        Assert.That(Tail(Weights("without")), Is.EqualTo(Tail(Weights("with"))));
    }

    [Test]
    public void A_run_goes_on_on_its_device_and_can_be_moved_to_another()
    {
        Succeed("train neuron --epochs 4 --device emulated --cuda-graph off --output run");
        Assert.That(Succeed("train neuron --resume --epochs 6 --output run"), Does.Contain("on emulated CUDA, without CUDA graphs"));
        Assert.That(Succeed("train neuron --resume --epochs 8 --device cpu --output run"), Does.Contain("thread"));
    }

    [Test]
    public void What_was_trained_on_one_device_is_evaluated_alike_on_another()
    {
        string Result(string output) => output.Split('\n').Single(l => l.StartsWith("result", StringComparison.Ordinal));
        string trained = Result(Succeed($"train mnist-mlp {Small}"));
        string evaluated = Succeed("evaluate mnist-mlp --test-samples 20 --device emulated");
        Assert.That(Result(evaluated), Is.EqualTo(trained));
        Assert.That(evaluated, Does.Contain("on emulated CUDA"));
    }

    [Test]
    public void A_gradient_is_checked_on_the_device() =>
        Assert.That(Succeed("gradcheck Dense --cases 2 --device emulated"), Does.Contain("1 of 1 right").And.Contain("on emulated CUDA"));

    [Test]
    public void Kernels_are_timed_on_the_emulator_and_the_page_says_what_that_is_worth()
    {
        string output = Succeed("bench kernels gemm --device emulated --scale 0.01 --markdown report.md");
        Assert.That(output, Does.Contain("they say nothing about a GPU").And.Contain("gemm_naive").And.Contain("GFLOP/s").And.Not.Contain("WRONG"));
        string[] rows = [.. File.ReadLines(Path("report.md")).Where(l => l.StartsWith("| gemm_", StringComparison.Ordinal))];
        Assert.That(rows, Has.Length.EqualTo(KernelLadders.Create("gemm", new LadderRequest(Device.Emulated, DType.Float32, 0.01, new Philox(1))).Rungs.Count));
    }

    [Test]
    public void Operations_that_only_read_and_write_are_timed_too()
    {
        string output = Succeed("bench kernels elementwise --device emulated --scale 0.01 --dtype float64 --markdown report.md");
        Assert.That(output, Does.Contain("Elementwise: arrays of 81×81, Float64").And.Match(@"(?m)^y = x \+ g +3 +[\d.]+ [µm]s +[\d.]+$"));
        Assert.That(File.ReadAllText(Path("report.md")), Does.Match(@"(?m)^\| y = x \+ g \| 3 \| [\d.]+ [µm]s \| [\d.]+ \|$"));
    }

    [Test]
    public void A_rung_with_another_result_is_called_wrong()
    {
        CudaBackend backend = (CudaBackend)Backend.Of(Device.Emulated);
        Tensor result = new([2], DType.Float32, Device.Emulated);
        KernelLadder ladder = new("filling", "two numbers", 0, 8, result,
        [
            new("first", "ones", () => backend.Fill(1, result)),
            new("second", "twos", () => backend.Fill(2, result)),
        ]);
        using KernelTimer timer = new(backend.Context, backend.Stream);
        LadderTiming timing = LadderTiming.Climb(ladder, timer, new Ceilings(null, null), _ => { });
        Assert.That(timing.Rungs.Select(timing.IsWrong), Is.EqualTo([false, true]));
    }

    // The loss of every step of two epochs on 256 drawn digits.
    private static List<double> Losses(Device device)
    {
        ModelDefinition model = ModelCatalog.Find("lenet5")!;
        DataSplits digits = DataCatalog.Load("digits", new DataOptions { TrainCount = 256, TestCount = 1 });
        Network network = model.Create(digits.Train.InputShape, 10, new Philox(1));
        network.MoveTo(device);
        List<double> losses = [];
        TrainerOptions options = new()
        {
            Epochs = 2,
            BatchSize = 32,
            Seed = 1,
            Callbacks = [new Callback { StepEnd = (_, step) => losses.Add(step.Loss) }],
        };
        new Trainer(network, model.CreateLoss(), model.CreateOptimizer(network, model.DefaultLearningRate), options).Train(digits.Train);
        return losses;
    }

    // The weights themselves, without what the file says about its run.
    private static byte[] Tail(byte[] file) => file[(8 + (int)BitConverter.ToInt64(file))..];
}
