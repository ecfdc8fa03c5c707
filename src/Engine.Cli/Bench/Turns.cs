using System.Diagnostics;
using System.Globalization;
using Engine.Backends.Cpu;
using Engine.Cli.Commands;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>Answers requests for timed turns. A request is a line of words:</summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>threads N</c>: compute on so many; answers N.</item>
/// <item><c>memory</c>: answers the largest resident size of this process so far, in bytes.</item>
/// <item><c>SECONDS train MODEL BATCH C,H,W adam|sgd</c>, <c>SECONDS stack dense|conv WIDTH DEPTH BATCH</c>,
/// <c>SECONDS predict MODEL [BATCH]</c>, <c>SECONDS kernel NAME</c>: runs the same thing over and over for about so long; answers
/// runs per second. The first request for a thing makes it and warms it up.</item>
/// </list>
/// </remarks>
internal sealed class Turns
{
    private const int WarmUpRuns = 3;
    private const double Momentum = 0.9;

    private readonly Dictionary<string, Action<int>> runs = [];
    private readonly Dictionary<string, double> secondsPerRun = [];

    /// <summary>The answer to a request.</summary>
    /// <exception cref="MistakeException">It cannot be understood.</exception>
    public double Answer(string request)
    {
        string[] words = request.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["threads", string count] when int.TryParse(count, out int threads) && threads > 0:
                WorkerPool.Threads = threads;
                return threads;
            case ["memory"]:
                using (Process process = Process.GetCurrentProcess())
                {
                    return process.PeakWorkingSet64;
                }

            case [string time, .. string[] what] when double.TryParse(time, CultureInfo.InvariantCulture, out double seconds) && seconds > 0:
                return RunsPerSecond(string.Join(' ', what), what, seconds);
            default:
                throw Mistake(request);
        }
    }

    private double RunsPerSecond(string key, string[] what, double seconds)
    {
        if (!runs.TryGetValue(key, out Action<int>? run))
        {
            run = runs[key] = Create(key, what);
            run(WarmUpRuns);
            secondsPerRun[key] = Time(run, 1);
        }

        // The last turn tells how many runs fill this one.
        int times = Math.Max(1, (int)(seconds / Math.Max(1e-9, secondsPerRun[key])));
        double taken = Time(run, times);
        secondsPerRun[key] = taken / times;
        return times / taken;
    }

    private static Action<int> Create(string key, string[] what) => what switch
    {
        ["train", string name, string batch, string input, "adam" or "sgd"] => Training(PictureModels.Find(name), batch, input, what[^1]),
        ["stack", "dense", string width, string depth, string batch] => Training(Stacks.Dense(Number(width), Number(depth)), Number(batch)),
        ["stack", "conv", string width, string depth, string batch] => Training(Stacks.Convolutional(Number(width), Number(depth)), Number(batch)),
        ["predict", string name] => Answers(PictureModels.Find(name), "1"),
        ["predict", string name, string batch] => Answers(PictureModels.Find(name), batch),
        ["kernel", .. string[] name] => Kernel(string.Join(' ', name)),
        _ => throw Mistake(key),
    };

    private static Action<int> Training(ModelDefinition model, string batch, string sizes, string optimizer)
    {
        Shape input = [.. sizes.Split(',').Select(Number)];
        Network network = model.Create(input, model.DefaultClasses, new Philox(1));
        return new StepLoop(
            network, input, model.DefaultClasses, model.CreateLoss(), optimizer == "adam" ? ByAdam : (Func<Network, Optimizer>)BySgd, Number(batch), DType.Float32, Device.Cpu).Learn;
    }

    private static Action<int> Training(Stack stack, int batch) => new StepLoop(
        stack.Network, stack.Input, stack.Classes, new SparseCategoricalCrossEntropy(), BySgd, batch, DType.Float32, Device.Cpu).Learn;

    private static Adam ByAdam(Network network) => new Adam(network, StepLoop.LearningRate);

    private static Sgd BySgd(Network network) => new Sgd(network, StepLoop.LearningRate, Momentum);

    private static Action<int> Answers(ModelDefinition model, string batch) =>
        new AnswerLoop(model, model.DefaultInput, Number(batch), DType.Float32, Device.Cpu).Run;

    private static Action<int> Kernel(string name)
    {
        KernelCase kernel = KernelCases.Create(DType.Float32).FirstOrDefault(c => c.Name == name) ?? throw Mistake($"kernel {name}");
        Action once = kernel.Prepare();
        return times =>
        {
            for (int i = 0; i < times; i++)
            {
                once();
            }
        };
    }

    private static int Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : throw Mistake(text);

    private static double Time(Action<int> run, int times)
    {
        long start = Stopwatch.GetTimestamp();
        run(times);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static MistakeException Mistake(string request) => new(
        $"'{request}' is no turn. Expected 'threads N', 'memory', or seconds and then 'train MODEL BATCH C,H,W adam|sgd', 'stack dense|conv WIDTH DEPTH BATCH', 'predict MODEL [BATCH]' or 'kernel NAME'.");
}
