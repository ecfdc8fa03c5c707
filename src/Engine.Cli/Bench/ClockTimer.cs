namespace Engine.Cli.Bench;

/// <summary>Times what runs on the CPU by the computer's clock.</summary>
/// <remarks>The median of several batches: a disturbance makes some longer, never shorter. What takes long is run a few times only.</remarks>
/// <param name="cancellation">Ends it between two batches.</param>
internal sealed class ClockTimer(CancellationToken cancellation) : IRunTimer
{
    private const int Batches = 15;
    private static readonly TimeSpan LongTime = TimeSpan.FromMilliseconds(150);

    /// <inheritdoc/>
    public TimeSpan Measure(Action work)
    {
        // The first run brings memory in and compiles; the second tells whether there is time for more.
        work();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        work();
        TimeSpan once = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        if (once > LongTime)
        {
            return once;
        }

        return TimeSpan.FromMicroseconds(Rounds.Measure(Run, Batches, cancellation).Median);

        void Run(int times)
        {
            for (int i = 0; i < times; i++)
            {
                work();
            }
        }
    }
}
