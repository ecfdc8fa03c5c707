using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>A rung of a ladder with its time.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="Time">Of one run.</param>
/// <param name="Difference">How far its result lies from the first rung's, at most, in any element.</param>
internal sealed record RungTiming(KernelRung Rung, TimeSpan Time, double Difference);

/// <summary>A ladder that was climbed.</summary>
/// <param name="Ladder">The ladder.</param>
/// <param name="Rungs">Its rungs, timed.</param>
/// <param name="Ceilings">What the device can do at best.</param>
internal sealed record LadderTiming(KernelLadder Ladder, IReadOnlyList<RungTiming> Rungs, Ceilings Ceilings)
{
    // Products and convolutions are counted in operations, as everybody does; what does less per byte than they do even
    // on small problems, in bytes.
    private const double OperationsPerByte = 2;

    // What is smaller may lie in a cache; then the speed of memory is no ceiling.
    private const double CacheBytes = 1 << 25;

    /// <summary>True where arithmetic is what counts, in GFLOP/s; otherwise memory, in GB/s.</summary>
    public bool CountsOperations => Ladder.Flops > OperationsPerByte * Ladder.Bytes;

    /// <summary>The unit of <see cref="Rate"/>.</summary>
    public string Unit => CountsOperations ? "GFLOP/s" : "GB/s";

    /// <summary>What rungs are compared with, and which part of its rate a rung reaches: the vendor's library, copying.</summary>
    public IReadOnlyList<(string Name, Func<RungTiming, double> Share)> Shares
    {
        get
        {
            List<(string, Func<RungTiming, double>)> ceilings = [];
            if (Rungs.FirstOrDefault(r => r.Rung.IsCeiling) is { } library)
            {
                ceilings.Add((library.Rung.Name, rung => library.Time / rung.Time));
            }

            if (CountsOperations && Ceilings.Operations is { } peak)
            {
                ceilings.Add(("peak", rung => Rate(rung) * 1e9 / peak));
            }

            if (!CountsOperations && Ladder.Bytes > CacheBytes && Ceilings.CopiedBytes is { } copied)
            {
                ceilings.Add(("copy", rung => Rate(rung) * 1e9 / copied));
            }

            return ceilings;
        }
    }

    /// <summary>Operations or bytes per second, in 10⁹.</summary>
    public double Rate(RungTiming rung) => (CountsOperations ? Ladder.Flops : Ladder.Bytes) / rung.Time.TotalSeconds / 1e9;

    /// <summary>How much faster than the first rung.</summary>
    public double SpeedUp(RungTiming rung) => Rungs[0].Time / rung.Time;

    /// <summary>True where the result is not the first rung's: such a time means nothing.</summary>
    public bool IsWrong(RungTiming rung) => !(rung.Difference <= Ladder.ErrorBound);

    /// <summary>Climbs a ladder.</summary>
    /// <param name="ladder">The ladder.</param>
    /// <param name="timer">Times its rungs.</param>
    /// <param name="ceilings">Measured before.</param>
    /// <param name="progress">Is told which rung is next.</param>
    public static LadderTiming Climb(KernelLadder ladder, IRunTimer timer, Ceilings ceilings, Action<KernelRung> progress)
    {
        List<RungTiming> rungs = [];
        Tensor? first = null;
        foreach (KernelRung rung in ladder.Rungs)
        {
            progress(rung);
            TimeSpan time = timer.Measure(rung.Run);
            Tensor result = ladder.Result.To(Device.Cpu);
            first ??= result;
            rungs.Add(new RungTiming(rung, time, Difference(first, result)));
        }

        return new LadderTiming(ladder, rungs, ceilings);
    }

    private static double Difference(Tensor a, Tensor b)
    {
        double worst = 0;
        for (int i = 0; i < a.ElementCount; i++)
        {
            double difference = Math.Abs(a.GetFlat(i) - b.GetFlat(i));
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        return worst;
    }
}
