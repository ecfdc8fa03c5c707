using System.Text.Json.Nodes;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>How long a model took to answer.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="BatchSize">Samples per answer.</param>
/// <param name="Parameters">How many numbers are learned.</param>
/// <param name="Time">Of one answer.</param>
/// <param name="Operations">Floating-point operations of one answer, two for each multiply–add.</param>
internal sealed record AnswerTiming(string Model, Shape Input, int BatchSize, long Parameters, Rounds Time, long Operations)
    : ModelTiming(Model, Input, BatchSize, Parameters, Time)
{
    /// <summary>10⁹ operations per second, at the median.</summary>
    public double GigaFlops => Operations / Time.Median / 1e3;

    /// <inheritdoc/>
    public override string Remark => $"{GigaFlops:#,0.0}";

    /// <summary>Times a model with random weights on random samples, which are on the device already.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="batchSize">Samples per answer.</param>
    /// <param name="rounds">How often the clock is read.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    public static AnswerTiming Measure(
        ModelDefinition model, Shape input, int batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation)
    {
        AnswerLoop loop = new(model, input, batchSize, dtype, device);
        Rounds time = Rounds.Measure(loop.Run, rounds, cancellation);
        return new AnswerTiming(model.Name, input, batchSize, loop.Parameters, time, 2 * batchSize * loop.MultiplyAdds);
    }

    /// <inheritdoc/>
    public override JsonObject ToJson()
    {
        JsonObject json = base.ToJson();
        json["operations"] = Operations;
        json["gigaFlops"] = GigaFlops;
        return json;
    }
}
