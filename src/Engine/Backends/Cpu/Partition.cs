namespace Engine.Backends.Cpu;

/// <summary>
/// How a range of items is cut into jobs for the <see cref="WorkerPool"/>: into equal parts of at least
/// <see cref="Grain"/> elements.
/// </summary>
/// <remarks>
/// The cut depends on sizes alone, never on the number of threads; so do the order of every sum and the bits of every
/// result.
/// </remarks>
internal readonly struct Partition
{
    /// <summary>The least work worth a job: some ten microseconds, many times what handing it out costs.</summary>
    public const int Grain = 1 << 15;

    /// <summary>The most jobs of one operation: enough to balance any number of processors this is made for.</summary>
    public const int MostJobs = 256;

    private readonly int items;
    private readonly int itemsPerJob;

    /// <summary>Cuts items of so many elements each.</summary>
    public Partition(int items, long elementsPerItem = 1)
    {
        this.items = items;
        long jobs = Math.Clamp(items * elementsPerItem / Grain, 1, Math.Min(items, MostJobs));
        int perJob = (int)((items + jobs - 1) / jobs);

        // Parts of single elements end on a cache line, so that no two jobs write to the same one.
        itemsPerJob = elementsPerItem == 1 ? (int)Math.Min((perJob + 63L) & ~63L, int.MaxValue) : perJob;
    }

    /// <summary>How many jobs.</summary>
    public int Jobs => (int)((items + (long)itemsPerJob - 1) / itemsPerJob);

    /// <summary>The items of one job, the end exclusive.</summary>
    public (int From, int To) this[int job]
    {
        get
        {
            int from = job * itemsPerJob;
            return (from, Math.Min(items - from, itemsPerJob) + from);
        }
    }
}
