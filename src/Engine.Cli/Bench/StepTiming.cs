using System.Diagnostics;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>How long a model's training steps took.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="BatchSize">Samples per step.</param>
/// <param name="Parameters">How many numbers are learned.</param>
/// <param name="StepsPerRound">Steps between two looks at the clock.</param>
/// <param name="Microseconds">Of one step, the mean of each round; the shortest first.</param>
/// <param name="Loss">After the last step.</param>
internal sealed record StepTiming(
    string Model, Shape Input, int BatchSize, long Parameters, int StepsPerRound, IReadOnlyList<double> Microseconds, double Loss)
{
    private const int WarmUpSteps = 5;

    // Long enough that its start and its end do not count, short enough for many.
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(30);

    /// <summary>The median.</summary>
    public double Median => Quantile(0.5);

    /// <summary>Samples per second, at the median.</summary>
    public double SamplesPerSecond => BatchSize / Median * 1e6;

    /// <summary>A quantile of the rounds, between the two nearest in proportion.</summary>
    public double Quantile(double share)
    {
        double place = share * (Microseconds.Count - 1);
        int below = (int)place, above = Math.Min(below + 1, Microseconds.Count - 1);
        return Microseconds[below] + ((place - below) * (Microseconds[above] - Microseconds[below]));
    }

    /// <summary>Times a model.</summary>
    /// <remarks>
    /// A device of its own works through steps while the program queues the next, so the clock is read only around rounds of
    /// many. Where a step takes longer than that, a round is one step.
    /// </remarks>
    /// <param name="model">The model; it tells classes apart.</param>
    /// <param name="batchSize">Samples per step.</param>
    /// <param name="rounds">How often the clock is read.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    public static StepTiming Measure(ModelDefinition model, int batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation)
    {
        StepLoop loop = new(model, batchSize, dtype, device);

        // In the first steps kernels are loaded, memory is taken, algorithms are chosen, the step is captured. Then rounds
        // grow until one is long enough, and meanwhile the program's own code is compiled for good.
        for (int i = 0; i < WarmUpSteps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            loop.Run(1);
        }

        int steps = 1;
        while (Round(loop, steps).Time < RoundTime)
        {
            cancellation.ThrowIfCancellationRequested();
            steps *= 2;
        }

        double[] microseconds = new double[rounds];
        double loss = 0;
        for (int i = 0; i < rounds; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            (TimeSpan time, loss) = Round(loop, steps);
            microseconds[i] = time.TotalMicroseconds / steps;
        }

        Array.Sort(microseconds);
        return new StepTiming(model.Name, model.DefaultInput, batchSize, loop.Parameters, steps, microseconds, loss);
    }

    private static (TimeSpan Time, double Loss) Round(StepLoop loop, int steps)
    {
        Stopwatch clock = Stopwatch.StartNew();
        double loss = loop.Run(steps);
        return (clock.Elapsed, loss);
    }
}
