using Engine.Backends;
using Engine.Models;
using Engine.Networks;
using Engine.Networks.Frozen;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>A model with random weights, frozen, that answers the same random samples, over and over; they are on the device already.</summary>
internal sealed class AnswerLoop
{
    private readonly FrozenNetwork network;
    private readonly Tensor samples;
    private readonly Device device;

    /// <summary>A network and a batch, on a device.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="batchSize">Samples per answer.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    public AnswerLoop(ModelDefinition model, Shape input, int batchSize, DType dtype, Device device)
    {
        Philox random = new(1);
        this.device = device;
        Network trained = model.Create(input, model.DefaultClasses, random);
        NetworkSummary summary = new(trained, input);
        (Parameters, MultiplyAdds) = (summary.Parameters, summary.MultiplyAdds);
        trained.ConvertTo(dtype);
        trained.MoveTo(device);
        Tensor pixels = new(input.Prepend(batchSize), DType.Float32);
        foreach (ref float pixel in pixels.AsSpan<float>())
        {
            pixel = (float)random.NextDouble();
        }

        samples = pixels.To(dtype).To(device);
        network = trained.Freeze(samples.Shape);
    }

    /// <summary>How many numbers are learned.</summary>
    public long Parameters { get; }

    /// <summary>Of one sample.</summary>
    public long MultiplyAdds { get; }

    /// <summary>Answers so many times, and waits for the last one.</summary>
    public void Run(int times)
    {
        for (int i = 0; i < times; i++)
        {
            using StepScope here = Device.Cpu.BeginStep();
            using StepScope there = device.BeginStep();
            network.Predict(samples);
        }

        Backend.Of(device).Synchronize();
    }
}
