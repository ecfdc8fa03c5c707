using Engine.Layers;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>How much memory a network needs, in bytes, worked out from its shapes without running it.</summary>
/// <remarks>
/// Training keeps for the way back what layers save; inference needs a layer's input and output at a time. The plan goes
/// through the layers as a pass does, which gives every tensor back after its last use, and finds the most that is there at
/// a time: with masks, arg-max indices and what the loss makes, without what kernels work in.
/// </remarks>
/// <param name="Parameters">θ, running statistics included.</param>
/// <param name="Gradients">∂L/∂θ; 0 for inference.</param>
/// <param name="Optimizer">What the optimizer remembers between steps; 0 for inference.</param>
/// <param name="Batch">The samples.</param>
/// <param name="Saved">What is kept for the way back, when forward is done; 0 for inference.</param>
/// <param name="Transient">The most that is there at a time beside it: a layer's input and output, or ∂L/∂y and ∂L/∂x.</param>
public sealed record MemoryPlan(long Parameters, long Gradients, long Optimizer, long Batch, long Saved, long Transient)
{
    /// <summary>What comes and goes with a step.</summary>
    public long Step => Saved + Transient;

    /// <summary>All of it.</summary>
    public long Together => Parameters + Gradients + Optimizer + Batch + Step;

    /// <summary>The plan of a training step.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimizer">The rule its parameters move by.</param>
    /// <param name="batch">The shape of the samples, batch size first.</param>
    /// <exception cref="ShapeException">The network cannot take such samples.</exception>
    public static MemoryPlan OfTraining(Network network, Optimizer optimizer, Shape batch)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        MemoryWalk walk = new(network, Mode.Training, batch);
        return new MemoryPlan(
            ParametersOf(network), GradientsOf(network), StateOf(optimizer), walk.BatchBytes, walk.Saved, walk.Peak - walk.Saved);
    }

    /// <summary>The plan of an answer.</summary>
    /// <inheritdoc cref="OfTraining"/>
    public static MemoryPlan OfInference(Network network, Shape batch)
    {
        ArgumentNullException.ThrowIfNull(network);
        MemoryWalk walk = new(network, Mode.Inference, batch);
        return new MemoryPlan(ParametersOf(network), 0, 0, walk.BatchBytes, 0, walk.Peak);
    }

    internal static long ParametersOf(Network network) => network.NamedParameters().Sum(p => LayerWork.SizeOf(p.Parameter.Value));

    internal static long StateOf(Optimizer optimizer) => optimizer.State.Sum(s => LayerWork.SizeOf(s.Value));

    private static long GradientsOf(Network network) =>
        network.NamedParameters().Where(p => p.Parameter.Learns).Sum(p => LayerWork.SizeOf(p.Parameter.Value));
}
