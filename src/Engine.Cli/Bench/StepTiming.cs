using System.Text.Json.Nodes;
using Engine.Cli.Rendering;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>How long a model's training steps took.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="BatchSize">Samples per step.</param>
/// <param name="Parameters">How many numbers are learned.</param>
/// <param name="Time">Of one step.</param>
/// <param name="Loss">After the last step.</param>
internal sealed record StepTiming(string Model, Shape Input, int BatchSize, long Parameters, Rounds Time, double Loss)
    : ModelTiming(Model, Input, BatchSize, Parameters, Time)
{
    /// <inheritdoc/>
    public override string Remark => Numbers.Loss(Loss);

    /// <summary>Times a model.</summary>
    /// <param name="model">The model; it tells classes apart.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="batchSize">Samples per step.</param>
    /// <param name="rounds">How often the clock is read.</param>
    /// <param name="dtype">What it computes in.</param>
    /// <param name="device">Where.</param>
    /// <param name="cancellation">Ends it between two rounds.</param>
    public static StepTiming Measure(
        ModelDefinition model, Shape input, int batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation)
    {
        StepLoop loop = new(model, input, batchSize, dtype, device);
        double loss = 0;
        Rounds time = Rounds.Measure(steps => loss = loop.Run(steps), rounds, cancellation);
        return new StepTiming(model.Name, input, batchSize, loop.Parameters, time, loss);
    }

    /// <inheritdoc/>
    public override JsonObject ToJson()
    {
        JsonObject json = base.ToJson();
        json["loss"] = Loss;
        return json;
    }
}
