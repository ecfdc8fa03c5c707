using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>One step of gradient descent: forward, loss, backward, and the optimizer's move.</summary>
internal sealed class TrainingStep
{
    // Streams of the seed that steps draw from; those below are for the order of the samples.
    private const ulong FirstStream = 1UL << 32;

    private readonly Layer network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly ulong seed;
    private readonly List<Parameter> sentinels = [];

    public TrainingStep(Layer network, Loss loss, Optimizer optimizer, ulong seed)
    {
        (this.network, this.loss, this.optimizer, this.seed) = (network, loss, optimizer, seed);

        // A bias's gradient sums up everything that reaches its layer on the way back, so where anything there is not
        // finite, it is not either; and it is short. Looking at these alone costs next to nothing.
        foreach ((_, Parameter parameter) in network.NamedParameters())
        {
            if (parameter.Learns && parameter.Value.Shape.Rank <= 1)
            {
                sentinels.Add(parameter);
            }
        }
    }

    /// <summary>Takes a step; to be called inside a step scope, in which the scores live.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="number">Which step of the run it is, from 0; chooses the random numbers.</param>
    /// <returns>What the network gave before its parameters moved, and the mean loss of that.</returns>
    /// <exception cref="DivergenceException">The loss or a gradient is not finite. The parameters have not moved.</exception>
    public (Tensor Scores, double Loss) Take(Batch batch, long number)
    {
        Pass pass = new(Mode.Training, RandomOf(number));
        network.ZeroGradients();
        Tensor scores = network.Forward(batch.Inputs, pass);
        double value = loss.Forward(scores, batch.Targets, pass).Item();
        if (!double.IsFinite(value))
        {
            throw Divergence(batch, number);
        }

        network.Backward(loss.Backward(pass), pass);
        foreach (Parameter sentinel in sentinels)
        {
            if (!Finite.All(sentinel.Gradient))
            {
                throw Divergence(batch, number);
            }
        }

        optimizer.Step();
        return (scores, value);
    }

    private DivergenceException Divergence(Batch batch, long number) => new(
        batch.Epoch + 1, batch.Step + 1, DivergenceFinder.Find(network, loss, batch, RandomOf(number)), optimizer.LearningRate);

    private Philox RandomOf(long number) => new(seed, FirstStream + (ulong)number);
}
