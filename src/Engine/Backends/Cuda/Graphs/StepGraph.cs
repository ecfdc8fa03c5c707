using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>A training step as a graph, with what went into it in order.</summary>
internal sealed class StepGraph
{
    /// <summary>What was queued while the step was captured.</summary>
    public List<QueuedWork> Work { get; } = [];

    /// <summary>All of it as one; null until it was captured.</summary>
    public CudaGraph? Graph { get; set; }

    /// <summary>How often a step turned out to be another one.</summary>
    public int Surprises { get; set; }

    /// <summary>How often the step was run.</summary>
    public int Runs { get; set; }

    /// <summary>Forgets what was captured.</summary>
    public void Clear()
    {
        Graph?.Dispose();
        Graph = null;
        Work.Clear();
    }
}
