using Engine.Backends;
using Engine.Data;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>What steps on batches of one size need to go to and fro between main memory and the device.</summary>
internal sealed class StepBuffers : IDisposable
{
    private readonly Feed inputs;
    private readonly Feed targets;
    private readonly StepSlot[] slots;
    private int turn;

    /// <summary>Buffers for batches like one.</summary>
    /// <param name="batch">A batch of the size.</param>
    /// <param name="scores">The shape of the network's output.</param>
    /// <param name="task">Where the network computes, and in which type.</param>
    public StepBuffers(Batch batch, Shape scores, LearningTask task)
    {
        Backend backend = Backend.Of(task.Device);
        inputs = backend.CreateFeed(batch.Inputs.Shape, batch.Inputs.DType);
        targets = backend.CreateFeed(batch.Targets.Shape, batch.Targets.DType);
        slots = [new StepSlot(batch, scores, task), new StepSlot(batch, scores, task)];
    }

    /// <summary>Brings a batch to the device.</summary>
    public (Tensor Inputs, Tensor Targets) Bring(Batch batch) => (inputs.Bring(batch.Inputs), targets.Bring(batch.Targets));

    /// <summary>Where the results of the next step go: two places in turn, for the step under way and the one before.</summary>
    public StepSlot NextSlot() => slots[turn ^= 1];

    /// <inheritdoc/>
    public void Dispose()
    {
        inputs.Dispose();
        targets.Dispose();
        foreach (StepSlot slot in slots)
        {
            slot.Dispose();
        }
    }
}
