using Engine.Cli.Bench;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench steps [MODEL…]</c>: how long a training step takes.</summary>
internal sealed class BenchStepsCommand()
    : BenchModelsCommand("steps", "Time training steps on random samples: forward, loss, backward, update")
{
    // Pictures of 224×224 in three colours take seconds and gigabytes; they are timed when they are asked for.
    private const int LargePicture = 1 << 16;

    /// <inheritdoc/>
    protected override string Batch => "step";

    /// <inheritdoc/>
    protected override string Remark => "loss";

    /// <inheritdoc/>
    protected override IEnumerable<ModelDefinition> Usual => PictureModels.All.Where(m => m.DefaultInput.ElementCount < LargePicture);

    /// <inheritdoc/>
    protected override bool WithGraphs => true;

    /// <inheritdoc/>
    protected override string UsualBatchSize => "each model's own";

    /// <inheritdoc/>
    protected override ModelTiming Measure(
        ModelDefinition model, Shape input, int? batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation) =>
        StepTiming.Measure(model, input, batchSize ?? model.DefaultBatchSize, rounds, dtype, device, cancellation);
}
