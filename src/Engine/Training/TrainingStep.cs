using Engine.Backends;
using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>Steps of gradient descent: forward, loss, backward, and the optimizer's move.</summary>
/// <remarks>
/// A step is begun, which queues it on the device, and finished, which waits for its results. Between the two the next
/// one may be begun: the device then never waits for the program. The results of a step whose numbers are not all finite
/// are known only when the next is under way, so it is the device that keeps the parameters from moving: it counts such
/// numbers, and the optimizer does nothing once there is one.
/// </remarks>
internal sealed class TrainingStep : IDisposable
{
    // Streams of the seed that steps draw from; those below are for the order of the samples.
    private const ulong FirstStream = 1UL << 32;

    private readonly Layer network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly LearningTask task;
    private readonly ulong seed;
    private readonly Profiler? profiler;
    private readonly Backend backend;
    private readonly Dictionary<int, StepBuffers> buffers = [];
    private readonly Queue<StepSlot> begun = new();
    private readonly Action compute;
    private readonly Tensor nonFinite;
    private readonly Tensor[] watched;

    private Tensor inputs = null!;
    private Tensor targets = null!;
    private Tensor scores = null!;
    private long number;

    public TrainingStep(Layer network, Loss loss, Optimizer optimizer, LearningTask task, ulong seed, Profiler? profiler = null)
    {
        (this.network, this.loss, this.optimizer, this.task, this.seed) = (network, loss, optimizer, task, seed);
        this.profiler = profiler;
        backend = Backend.Of(task.Device);
        compute = Compute;
        nonFinite = Tensor.Zeros([], DType.Int32, task.Device);

        // A bias's gradient sums up everything that reaches its layer on the way back, so where anything there is not
        // finite, it is not either; and it is short. Looking at these and the loss costs next to nothing.
        watched =
        [
            new Tensor([], task.DType, task.Device),
            .. from named in network.NamedParameters()
               where named.Parameter.Learns && named.Parameter.Value.Shape.Rank <= 1
               select named.Parameter.Gradient,
        ];
    }

    /// <summary>How many steps are begun and not finished.</summary>
    public int Pending => begun.Count;

    /// <summary>Queues a step.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="stepNumber">Which step of the run it is, from 0; chooses the random numbers.</param>
    public void Begin(Batch batch, long stepNumber)
    {
        if (!buffers.TryGetValue(batch.Count, out StepBuffers? buffer))
        {
            buffers[batch.Count] = buffer = new StepBuffers(batch, network.OutputShape(batch.Inputs.Shape), task);
        }

        using StepScope here = Device.Cpu.BeginStep();
        using StepScope there = task.Device.BeginStep();
        profiler?.Enter(ProfiledWork.Transfer);
        (inputs, targets) = buffer.Bring(batch);
        number = stepNumber;
        if (profiler is null)
        {
            backend.RunStep(buffer, compute);
        }
        else
        {
            // Between two layers the clock is read, which no graph can hold.
            Compute();
        }

        profiler?.Enter(ProfiledWork.Results);
        StepSlot slot = buffer.NextSlot();
        slot.Begin(batch, stepNumber, watched[0], scores, nonFinite);
        begun.Enqueue(slot);
    }

    /// <summary>Waits for the step that was begun first.</summary>
    /// <param name="again">Makes its batch anew, should it be needed to find out what went wrong.</param>
    /// <returns>Its samples and what came of them, before the parameters moved.</returns>
    /// <exception cref="DivergenceException">The loss or a gradient is not finite. The parameters have not moved.</exception>
    public (int Count, StepOutcome Outcome) Finish(Func<int, int, Batch> again)
    {
        StepSlot slot = begun.Dequeue();
        StepOutcome outcome = slot.Finish();
        profiler?.EndStep();
        return outcome.IsFinite
            ? (slot.Count, outcome)
            : throw new DivergenceException(
                slot.Epoch + 1,
                slot.Step + 1,
                DivergenceFinder.Find(network, loss, again(slot.Epoch, slot.Step), task.Device, RandomOf(slot.Number)),
                optimizer.LearningRate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (StepBuffers buffer in buffers.Values)
        {
            buffer.Dispose();
        }
    }

    // The step itself: what a device may capture.
    private void Compute()
    {
        Philox random = RandomOf(number);
        Pass pass = profiler?.Observe(Mode.Training, random) ?? new Pass(Mode.Training, random);
        profiler?.Enter(ProfiledWork.ZeroGradients);
        network.ZeroGradients();
        profiler?.Enter(ProfiledWork.Forward);
        scores = network.Forward(inputs, pass);
        profiler?.Enter(ProfiledWork.Loss);
        loss.Forward(scores, targets, pass).CopyTo(watched[0]);
        profiler?.Enter(ProfiledWork.LossBackward);
        Tensor g = loss.Backward(pass);
        profiler?.Enter(ProfiledWork.Backward);
        pass.Backward(network, g, wantsInputGradient: false);
        profiler?.Enter(ProfiledWork.Optimizer);
        backend.CountNonFinite(watched, nonFinite);
        optimizer.Step(nonFinite);
    }

    private Philox RandomOf(long step) => new(seed, FirstStream + (ulong)step);
}
