using Engine.Cli.Bench;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench predict [MODEL…]</c>: how long an answer takes.</summary>
internal sealed class BenchPredictCommand()
    : BenchModelsCommand("predict", "Time answers to random samples")
{
    /// <inheritdoc/>
    protected override string Batch => "answer";

    /// <inheritdoc/>
    protected override string Remark => "GFLOP/s";

    /// <inheritdoc/>
    protected override IEnumerable<ModelDefinition> Usual => PictureModels.All;

    /// <inheritdoc/>
    protected override string UsualBatchSize => "1";

    /// <inheritdoc/>
    protected override ModelTiming Measure(
        ModelDefinition model, Shape input, int? batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation) =>
        AnswerTiming.Measure(model, input, batchSize ?? 1, rounds, dtype, device, cancellation);
}
