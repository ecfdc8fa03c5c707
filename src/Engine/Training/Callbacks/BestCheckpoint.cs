namespace Engine.Training;

/// <summary>Keeps the weights of the best epoch: saves them whenever the validation loss is lower than ever before.</summary>
/// <remarks>What is lowest on data the network did not learn from is what stopped before overfitting. (Deck S.)</remarks>
public sealed class BestCheckpoint : TrainingCallback
{
    private readonly string path;
    private double best;

    /// <summary>A keeper of the best weights.</summary>
    /// <param name="path">The file, to be read with <see cref="Formats.WeightsFile"/>.</param>
    public BestCheckpoint(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.path = path;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The run has no validation data.</exception>
    public override void OnTrainBegin(TrainingRun run)
    {
        if (run.Validation is null)
        {
            throw new ArgumentException("The best weights are those with the lowest validation loss; give the run validation data, or keep checkpoints only.");
        }

        best = run.History.Min(r => r.ValidationLoss) ?? double.PositiveInfinity;
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochReport report)
    {
        if (report.ValidationLoss < best)
        {
            run.SaveWeights(path);
            best = report.ValidationLoss.Value;
        }
    }
}
