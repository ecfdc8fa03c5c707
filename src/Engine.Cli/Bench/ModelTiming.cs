using System.Text.Json.Nodes;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>How long a model took for what it was asked to do over and over.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="BatchSize">Samples at a time.</param>
/// <param name="Parameters">How many numbers are learned.</param>
/// <param name="Time">Of one batch.</param>
internal abstract record ModelTiming(string Model, Shape Input, int BatchSize, long Parameters, Rounds Time)
{
    /// <summary>Samples per second, at the median.</summary>
    public double SamplesPerSecond => BatchSize / Time.Median * 1e6;

    /// <summary>What else a reader wants to see beside the times, as text.</summary>
    public abstract string Remark { get; }

    /// <summary>As JSON: the median, the quartiles and the rates.</summary>
    public virtual JsonObject ToJson() => new()
    {
        ["model"] = Model,
        ["input"] = new JsonArray([.. Input.ToArray()]),
        ["batchSize"] = BatchSize,
        ["parameters"] = Parameters,
        ["batchesPerRound"] = Time.StepsPerRound,
        ["rounds"] = Time.Microseconds.Count,
        ["microseconds"] = Time.Median,
        ["lowerQuartile"] = Time.Quantile(0.25),
        ["upperQuartile"] = Time.Quantile(0.75),
        ["samplesPerSecond"] = SamplesPerSecond,
    };
}
