namespace Engine.Training;

/// <summary>Something that looks on while a network is trained: a log, a progress display, a keeper of checkpoints.</summary>
/// <remarks>
/// Override what is of interest. All calls come from the thread that trains, in the order the callbacks are listed,
/// and training waits for them. Tensors made in a step are gone by the time it is reported.
/// </remarks>
public abstract class TrainingCallback
{
    /// <summary>Before the first step, when a resumed run stands where it was left.</summary>
    public virtual void OnTrainBegin(TrainingRun run)
    {
    }

    /// <summary>Before an epoch's first step, or the first one here of an epoch that is resumed.</summary>
    public virtual void OnEpochBegin(TrainingRun run)
    {
    }

    /// <summary>After each step: the parameters have moved.</summary>
    /// <remarks>
    /// A GPU is meanwhile at work on the next step, unless <see cref="LooksAtParameters"/> asks that it wait.
    /// </remarks>
    public virtual void OnStepEnd(TrainingRun run, in StepReport report)
    {
    }

    /// <summary>True where <see cref="OnStepEnd"/> is going to read parameters, or save them, after a certain step.</summary>
    /// <param name="run">The run.</param>
    /// <param name="stepsTaken">How many steps of the run will be done then.</param>
    public virtual bool LooksAtParameters(TrainingRun run, long stepsTaken) => false;

    /// <summary>After each epoch and its validation; the report is in the history already.</summary>
    public virtual void OnEpochEnd(TrainingRun run, EpochReport report)
    {
    }

    /// <summary>After the last step, be it that all epochs are done or that the run was asked to stop. Not called when training throws.</summary>
    public virtual void OnTrainEnd(TrainingRun run)
    {
    }
}
