using System.Collections.Concurrent;

namespace Native.Kernels.Driver;

/// <summary>Writes down every driver resource that is taken and crosses it out when it is given back: what is left at the end has leaked.</summary>
public sealed class AllocationLedger
{
    private readonly ConcurrentDictionary<(string Kind, nint Handle), (string Label, long Bytes)> open = new();
    private long bytes;

    /// <summary>Bytes of device memory taken and not given back.</summary>
    public long Bytes => Interlocked.Read(ref bytes);

    /// <summary>How many resources are taken and not given back.</summary>
    public int Count => open.Count;

    /// <summary>A line for each resource that is not given back: "memory 'weights', 4096 bytes".</summary>
    public IReadOnlyList<string> Open =>
    [
        .. open.Select(e => $"{e.Key.Kind} '{e.Value.Label}'{(e.Value.Bytes > 0 ? $", {e.Value.Bytes} bytes" : "")}").Order(StringComparer.Ordinal),
    ];

    internal void Take(string kind, nint handle, string label, long size = 0)
    {
        open[(kind, handle)] = (label, size);
        Interlocked.Add(ref bytes, size);
    }

    internal void GiveBack(string kind, nint handle)
    {
        if (open.TryRemove((kind, handle), out (string Label, long Bytes) entry))
        {
            Interlocked.Add(ref bytes, -entry.Bytes);
        }
    }
}
