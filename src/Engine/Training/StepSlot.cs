using Engine.Backends;
using Engine.Data;
using Engine.Metrics;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>The results of a step on their way to main memory.</summary>
internal sealed class StepSlot : IDisposable
{
    private readonly LearningTask task;
    private readonly Readback loss;
    private readonly Readback scores;
    private readonly Readback guard;
    private readonly Tensor targets;

    /// <summary>A place for the results of steps on batches like one.</summary>
    public StepSlot(Batch batch, Shape scores, LearningTask task)
    {
        this.task = task;
        Backend backend = Backend.Of(task.Device);
        loss = backend.CreateReadback([], task.DType);
        guard = backend.CreateReadback([], DType.Int32);
        this.scores = backend.CreateReadback(scores, task.DType);
        using OutsideScope lasting = StepScope.Outside(Device.Cpu);
        targets = Tensor.Like(batch.Targets);
        Count = batch.Count;
    }

    /// <summary>The number of samples.</summary>
    public int Count { get; }

    /// <summary>Which epoch the step belongs to, from 0.</summary>
    public int Epoch { get; private set; }

    /// <summary>Which step of its epoch it is, from 0.</summary>
    public int Step { get; private set; }

    /// <summary>Which step of the run it is, from 0.</summary>
    public long Number { get; private set; }

    /// <summary>Queues the copies of what a step gave.</summary>
    public void Begin(Batch batch, long number, Tensor lossOfStep, Tensor scoresOfStep, Tensor guardOfStep)
    {
        (Epoch, Step, Number) = (batch.Epoch, batch.Step, number);
        loss.Begin(lossOfStep);
        guard.Begin(guardOfStep);
        if (task.Classifies)
        {
            scores.Begin(scoresOfStep);

            // The loader uses the batch's memory again before the scores are here.
            batch.Targets.CopyTo(targets);
        }
    }

    /// <summary>Waits for the results.</summary>
    public StepOutcome Finish() => new(
        loss.Finish().Item(),
        guard.Finish().Item() == 0,
        task.Classifies ? Accuracy.CountRight(scores.Finish(), targets, task.Threshold) : 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        loss.Dispose();
        guard.Dispose();
        scores.Dispose();
    }
}

/// <summary>What came of a step.</summary>
/// <param name="Loss">The mean loss of its samples.</param>
/// <param name="IsFinite">False when a number was infinite or NaN; the parameters have then not moved.</param>
/// <param name="Right">How many samples were classified right.</param>
internal readonly record struct StepOutcome(double Loss, bool IsFinite, int Right);
