namespace Engine.Tests.House;

/// <summary>Counts the bytes of objects that an action allocates.</summary>
internal static class Allocations
{
    private const int Readings = 3;

    /// <summary>Bytes per run on this thread, as the least of several readings.</summary>
    /// <remarks>
    /// A collection between two readings counts the rest of the thread's allocation buffer as used. That comes and goes;
    /// what the action allocates is in every reading.
    /// </remarks>
    public static long Of(Action action)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Readings; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
