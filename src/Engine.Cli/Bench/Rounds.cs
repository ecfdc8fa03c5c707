using System.Diagnostics;

namespace Engine.Cli.Bench;

/// <summary>How long something took that was done over and over: readings of the clock, each around a round of many.</summary>
/// <remarks>
/// A device of its own works through one step while the program queues the next, so the clock is read only around rounds
/// of many. Where one takes longer than that, a round is one.
/// </remarks>
/// <param name="StepsPerRound">How many between two looks at the clock.</param>
/// <param name="Microseconds">Of one, the mean of each round; the shortest first.</param>
internal sealed record Rounds(int StepsPerRound, IReadOnlyList<double> Microseconds)
{
    private const int WarmUpSteps = 5;

    // The run-time compiles a method for good some time after its thirtieth call, when nothing new has been called for a
    // tenth of a second.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(700);

    // Long enough that its start and its end do not count, short enough for many.
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(30);

    /// <summary>The median.</summary>
    public double Median => Quantile(0.5);

    /// <summary>A quantile of the rounds, between the two nearest in proportion.</summary>
    public double Quantile(double share)
    {
        double place = share * (Microseconds.Count - 1);
        int below = (int)place, above = Math.Min(below + 1, Microseconds.Count - 1);
        return Microseconds[below] + ((place - below) * (Microseconds[above] - Microseconds[below]));
    }

    /// <summary>Times something.</summary>
    /// <param name="run">Does it so many times, and waits for the last one.</param>
    /// <param name="count">How often the clock is read.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    public static Rounds Measure(Action<int> run, int count, CancellationToken cancellation)
    {
        // The first few load kernels, take memory, choose algorithms, capture graphs. Then rounds grow until one is long
        // enough.
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpSteps || Stopwatch.GetElapsedTime(start) < WarmUpTime; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            run(1);
        }

        int steps = 1;
        while (Time(run, steps) < RoundTime)
        {
            cancellation.ThrowIfCancellationRequested();
            steps *= 2;
        }

        double[] microseconds = new double[count];
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            microseconds[i] = Time(run, steps).TotalMicroseconds / steps;
        }

        Array.Sort(microseconds);
        return new Rounds(steps, microseconds);
    }

    /// <summary>A time as text.</summary>
    public static string Show(double microseconds) => microseconds switch
    {
        < 1e4 => $"{microseconds:#,0.0} µs",
        _ => $"{microseconds / 1e3:#,0.0} ms",
    };

    /// <summary>The middle half of the readings as text.</summary>
    public string MiddleHalf => $"{Show(Quantile(0.25))} – {Show(Quantile(0.75))}";

    private static TimeSpan Time(Action<int> run, int steps)
    {
        Stopwatch clock = Stopwatch.StartNew();
        run(steps);
        return clock.Elapsed;
    }
}
