using Native.Kernels.Driver;

namespace Engine.Cli.Bench;

/// <summary>Times work on a stream by the device's own clock.</summary>
/// <remarks>
/// Events stand before and after a batch of runs, so that the time between them is the device's and not that of the calls.
/// The median of several batches is taken: a disturbance makes some longer, never shorter.
/// </remarks>
internal sealed class KernelTimer : IRunTimer, IDisposable
{
    private const int Batches = 9;
    private const int MostRuns = 2000;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(10);

    private readonly CudaStream stream;
    private readonly CudaEvent before;
    private readonly CudaEvent after;
    private readonly bool emulated;

    /// <summary>A timer.</summary>
    /// <param name="context">The device.</param>
    /// <param name="stream">Where the work is queued.</param>
    public KernelTimer(CudaContext context, CudaStream stream)
    {
        this.stream = stream;
        (before, after) = (context.CreateEvent(), context.CreateEvent());
        emulated = context.Driver.IsEmulated;
    }

    /// <inheritdoc/>
    public TimeSpan Measure(Action work)
    {
        // The first run loads the kernel, the second fills the caches; on the emulator one is enough of either.
        TimeSpan once = Batch(work, 1);
        if (emulated)
        {
            return Batch(work, 1);
        }

        once = Batch(work, 2) / 2;
        int runs = (int)Math.Clamp(BatchTime / (once + TimeSpan.FromTicks(1)), 1, MostRuns);
        TimeSpan[] times = new TimeSpan[Batches];
        for (int i = 0; i < Batches; i++)
        {
            times[i] = Batch(work, runs) / runs;
        }

        Array.Sort(times);
        return times[Batches / 2];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        before.Dispose();
        after.Dispose();
    }

    private TimeSpan Batch(Action work, int runs)
    {
        before.Record(stream);
        for (int i = 0; i < runs; i++)
        {
            work();
        }

        after.Record(stream);
        after.Synchronize();
        return after.Since(before);
    }
}
