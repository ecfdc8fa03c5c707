namespace Engine.Training;

/// <summary>Keeps a checkpoint of the run, replaced after each epoch, every so many steps if wanted, and when the run stops.</summary>
/// <remarks>The file is whole at any moment: a run that is killed goes on from the last one.</remarks>
public sealed class Checkpoints : TrainingCallback
{
    private readonly string path;
    private readonly int? everySteps;
    private long savedAt = -1;

    /// <summary>A keeper of checkpoints.</summary>
    /// <param name="path">The file.</param>
    /// <param name="everySteps">Also save whenever this many steps have been taken; null for epochs only.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="everySteps"/> is below 1.</exception>
    public Checkpoints(string path, int? everySteps = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(everySteps ?? 1, 1, nameof(everySteps));
        (this.path, this.everySteps) = (path, everySteps);
    }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingRun run)
    {
        savedAt = -1;
        RemoveHalfWritten();
    }

    /// <inheritdoc/>
    public override void OnStepEnd(TrainingRun run, in StepReport report)
    {
        // The last step of an epoch is saved with the epoch.
        if (run.StepsTaken % everySteps == 0 && run.StepsDone < run.StepsPerEpoch)
        {
            Save(run);
        }
    }

    /// <inheritdoc/>
    public override bool LooksAtParameters(TrainingRun run, long stepsTaken) => stepsTaken % everySteps == 0;

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochReport report) => Save(run);

    /// <inheritdoc/>
    public override void OnTrainEnd(TrainingRun run)
    {
        if (savedAt != run.StepsTaken)
        {
            Save(run);
        }
    }

    private void Save(TrainingRun run)
    {
        run.SaveCheckpoint(path);
        savedAt = run.StepsTaken;
    }

    // What a run leaves behind that is killed while it writes.
    private void RemoveHalfWritten()
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        foreach (string leftover in Directory.EnumerateFiles(folder, $"{Path.GetFileName(full)}.*.tmp"))
        {
            File.Delete(leftover);
        }
    }
}
