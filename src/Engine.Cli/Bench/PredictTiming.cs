using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>How long a model took to answer.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="BatchSize">Samples per answer.</param>
/// <param name="Parameters">How many numbers are learned.</param>
/// <param name="Operations">Floating-point operations of one answer, two for each multiply–add.</param>
/// <param name="Time">Of one answer.</param>
internal sealed record PredictTiming(string Model, Shape Input, int BatchSize, long Parameters, long Operations, Rounds Time)
{
    /// <summary>10⁹ operations per second, at the median.</summary>
    public double GigaFlops => Operations / Time.Median / 1e3;

    /// <summary>Samples per second, at the median.</summary>
    public double SamplesPerSecond => BatchSize / Time.Median * 1e6;

    /// <summary>Times a model with random weights on random samples, which are on the device already.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="batchSize">Samples per answer.</param>
    /// <param name="rounds">How often the clock is read.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    public static PredictTiming Measure(
        ModelDefinition model, Shape input, int batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation)
    {
        AnswerLoop loop = new(model, input, batchSize, dtype, device);
        return new PredictTiming(
            model.Name,
            input,
            batchSize,
            loop.Parameters,
            2 * batchSize * loop.MultiplyAdds,
            Rounds.Measure(loop.Run, rounds, cancellation));
    }
}
