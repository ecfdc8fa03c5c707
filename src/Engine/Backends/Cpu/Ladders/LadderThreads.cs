namespace Engine.Backends.Cpu.Ladders;

/// <summary>What the rungs share that differ in the number of threads only.</summary>
internal static class LadderThreads
{
    /// <summary>Runs an operation of the back end on the calling thread alone.</summary>
    public static void One(Action operation)
    {
        int threads = WorkerPool.Threads;
        WorkerPool.Threads = 1;
        try
        {
            operation();
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }
}
