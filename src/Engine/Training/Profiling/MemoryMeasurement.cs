using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>How much memory a network has needed, in bytes, found by running it once: beside a <see cref="MemoryPlan"/>.</summary>
/// <remarks>
/// A step's tensors come from an arena, which knows the most that was taken at a time. Working memory of the CPU's
/// kernels, one buffer per thread and use, lies outside of it.
/// </remarks>
public static class MemoryMeasurement
{
    /// <summary>Takes one training step on a batch.</summary>
    /// <param name="network">The network; its parameters move.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="optimizer">The rule its parameters move by.</param>
    /// <param name="inputs">The samples, on the network's device.</param>
    /// <param name="targets">What they should give, in the loss's form.</param>
    /// <exception cref="ShapeException">Network, loss and samples do not fit together.</exception>
    public static MemoryPlan OfTraining(Network network, Loss loss, Optimizer optimizer, Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(inputs);
        StepArena arena = DeviceMemory.Of(inputs.Device).Arena;
        using StepScope step = inputs.Device.BeginStep();
        arena.ResetPeak();
        long before = arena.PeakBytes;
        Pass pass = new(Mode.Training, new Philox(0));
        network.ZeroGradients();
        Tensor scores = network.Forward(inputs, pass);
        long saved = pass.Saved.Where(t => t.Memory != inputs.Memory).DistinctBy(t => t.Memory).Sum(LayerWork.SizeOf);
        loss.Forward(scores, targets, pass);
        pass.Backward(network, loss.Backward(pass), wantsInputGradient: false);
        optimizer.Step();
        long gradients = network.NamedParameters().Sum(p => p.Parameter.GradientIfAny is { } g ? LayerWork.SizeOf(g) : 0);
        return new MemoryPlan(
            MemoryPlan.ParametersOf(network),
            gradients,
            MemoryPlan.StateOf(optimizer),
            LayerWork.SizeOf(inputs),
            saved,
            arena.PeakBytes - before - saved);
    }

    /// <summary>Asks the network for one answer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">The samples, on the network's device.</param>
    /// <exception cref="ShapeException">The network cannot take such samples.</exception>
    public static MemoryPlan OfInference(Network network, Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        StepArena arena = DeviceMemory.Of(inputs.Device).Arena;
        using StepScope step = inputs.Device.BeginStep();
        arena.ResetPeak();
        long before = arena.PeakBytes;
        network.Predict(inputs);
        return new MemoryPlan(MemoryPlan.ParametersOf(network), 0, 0, LayerWork.SizeOf(inputs), 0, arena.PeakBytes - before);
    }
}
