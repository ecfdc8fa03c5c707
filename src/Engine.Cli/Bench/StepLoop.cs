using Engine.Backends;
using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>A model that trains on one random batch, over and over: a step as a trainer takes it, without the data's way to the device.</summary>
internal sealed class StepLoop
{
    /// <summary>
    /// So low that a network does not learn its one batch by heart while it is timed: gradients and moments would vanish,
    /// and numbers too small to be normal take a processor many times longer.
    /// </summary>
    public const double LearningRate = 1e-6;

    private readonly Network network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly Device device;
    private readonly Backend backend;
    private readonly Tensor inputs;
    private readonly Tensor labels;
    private readonly Tensor lossValue;
    private readonly Tensor nonFinite;
    private readonly Tensor[] watched;
    private readonly Action compute;
    private ulong step;

    /// <summary>A network with random weights and a random batch, on a device.</summary>
    /// <param name="model">The model; it tells classes apart.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="batchSize">Samples per step.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    public StepLoop(ModelDefinition model, Shape input, int batchSize, DType dtype, Device device)
        : this(
            model.Create(input, model.DefaultClasses, new Philox(1)),
            input,
            model.DefaultClasses,
            model.CreateLoss(),
            network => model.CreateOptimizer(network, LearningRate),
            batchSize,
            dtype,
            device)
    {
    }

    /// <summary>A network and a random batch, on a device.</summary>
    /// <param name="network">The network; moved and converted.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="classes">How many classes it tells apart.</param>
    /// <param name="loss">What it learns to lower.</param>
    /// <param name="optimize">The rule it learns by.</param>
    /// <param name="batchSize">Samples per step.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    public StepLoop(
        Network network, Shape input, int classes, Loss loss, Func<Network, Optimizer> optimize, int batchSize, DType dtype, Device device)
    {
        Philox random = new(2);
        this.device = device;
        this.network = network;
        this.loss = loss;
        backend = Backend.Of(device);
        Parameters = new NetworkSummary(network, input).Parameters;
        network.ConvertTo(dtype);
        network.MoveTo(device);
        optimizer = optimize(network);

        Tensor pixels = new(input.Prepend(batchSize), DType.Float32);
        foreach (ref float pixel in pixels.AsSpan<float>())
        {
            pixel = (float)random.NextDouble();
        }

        Tensor answers = new([batchSize], DType.Int32);
        foreach (ref int label in answers.AsSpan<int>())
        {
            label = random.NextInt(classes);
        }

        (inputs, labels) = (pixels.To(dtype).To(device), answers.To(device));
        lossValue = new Tensor([], dtype, device);
        nonFinite = Tensor.Zeros([], DType.Int32, device);

        // What a trainer watches, so that no parameter moves by a gradient that is not finite.
        watched =
        [
            lossValue,
            .. from named in network.NamedParameters()
               where named.Parameter.Learns && named.Parameter.Value.Shape.Rank <= 1
               select named.Parameter.Gradient,
        ];
        compute = Compute;
    }

    /// <summary>How many numbers are learned.</summary>
    public long Parameters { get; }

    /// <summary>Takes steps, and waits for the last one.</summary>
    public void Learn(int steps) => Run(steps);

    /// <summary>Takes steps, and waits for the last one.</summary>
    /// <returns>Its loss.</returns>
    public double Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            using StepScope here = Device.Cpu.BeginStep();
            using StepScope there = device.BeginStep();
            backend.RunStep(this, compute);
            step++;
        }

        return lossValue.Item();
    }

    private void Compute()
    {
        Pass pass = new(Mode.Training, new Philox(1, step));
        network.ZeroGradients();
        loss.Forward(network.Forward(inputs, pass), labels, pass).CopyTo(lossValue);
        pass.Backward(network, loss.Backward(pass), wantsInputGradient: false);
        backend.CountNonFinite(watched, nonFinite);
        optimizer.Step(nonFinite);
    }
}
