using Engine.Backends.Cuda;
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
/// <param name="CopyBandwidth">Bytes per second that the device reads and writes when it copies; null where that is no ceiling.</param>
internal sealed record LadderTiming(KernelLadder Ladder, IReadOnlyList<RungTiming> Rungs, double? CopyBandwidth)
{
    // Products and convolutions are counted in operations, as everybody does; what does less per byte than they do even
    // on small problems, in bytes.
    private const double OperationsPerByte = 2;

    /// <summary>True where arithmetic is what counts, in GFLOP/s; otherwise memory, in GB/s.</summary>
    public bool CountsOperations => Ladder.Flops > OperationsPerByte * Ladder.Bytes;

    /// <summary>The unit of <see cref="Rate"/>.</summary>
    public string Unit => CountsOperations ? "GFLOP/s" : "GB/s";

    /// <summary>What rungs are compared with, and which part of its rate a rung reaches: the vendor's library, copying.</summary>
    public IReadOnlyList<(string Name, Func<RungTiming, double> Share)> Ceilings
    {
        get
        {
            List<(string, Func<RungTiming, double>)> ceilings = [];
            if (Rungs.FirstOrDefault(r => r.Rung.IsCeiling) is { } library)
            {
                ceilings.Add((library.Rung.Name, rung => library.Time / rung.Time));
            }

            if (!CountsOperations && CopyBandwidth is { } copied)
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
    /// <param name="copyBandwidth">Measured before; null where it is no ceiling.</param>
    /// <param name="progress">Is told which rung is next.</param>
    public static LadderTiming Climb(KernelLadder ladder, KernelTimer timer, double? copyBandwidth, Action<KernelRung> progress)
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

        return new LadderTiming(ladder, rungs, copyBandwidth);
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
