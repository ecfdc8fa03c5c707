using System.Diagnostics;
using Engine.Backends;
using Engine.Data;
using Engine.Formats;
using Engine.Layers;
using Engine.Losses;
using Engine.Optimizers;

namespace Engine.Training;

/// <summary>A training run under way: what is trained, on what, and how far it is.</summary>
public sealed class TrainingRun
{
    private readonly Stopwatch clock = new();

    internal TrainingRun(
        Layer network, Loss loss, Optimizer optimizer, TrainerOptions options, LearningTask task, Dataset training, Dataset? validation)
    {
        (Network, Loss, Optimizer, Options, Task) = (network, loss, optimizer, options, task);
        (Training, Validation) = (training, validation);
        StepsPerEpoch = options.DropLast
            ? training.Count / options.BatchSize
            : (training.Count + options.BatchSize - 1) / options.BatchSize;

        // Checkpoints are the last to be told: what the others do of an epoch is done when it counts as done.
        Callbacks = [.. options.Callbacks.OrderBy(c => c is Checkpoints)];
        Settings = RunSettings.Of(this);
    }

    /// <summary>What is trained.</summary>
    public Layer Network { get; }

    /// <summary>What is made small.</summary>
    public Loss Loss { get; }

    /// <summary>How the parameters move.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>Epochs, batches, seed.</summary>
    public TrainerOptions Options { get; }

    /// <summary>What is learned from.</summary>
    public Dataset Training { get; }

    /// <summary>What is measured on after each epoch, if anything.</summary>
    public Dataset? Validation { get; }

    /// <summary>The number of batches in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>How many epochs are finished.</summary>
    public int EpochsDone => Progress.EpochsDone;

    /// <summary>How many steps of the epoch after those are finished.</summary>
    public int StepsDone => Progress.StepsDone;

    /// <summary>How many steps are finished in all, those before an interruption included.</summary>
    public long StepsTaken => ((long)EpochsDone * StepsPerEpoch) + StepsDone;

    /// <summary>True when the run goes on from a checkpoint.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>True once the run was asked to stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>The reports of the finished epochs.</summary>
    public TrainingHistory History { get; private set; } = new([]);

    internal LearningTask Task { get; }

    internal bool IsAsynchronous => Backend.Of(Task.Device).IsAsynchronous;

    // Steps that the device has been given beyond those that are finished.
    internal int StepsAhead { get; set; }

    internal EpochProgress Progress { get; private set; } = new();

    internal IReadOnlyList<(string Name, string Value)> Settings { get; }

    internal TrainingCallback[] Callbacks { get; }

    internal double EpochSeconds => Progress.SecondsBefore + clock.Elapsed.TotalSeconds;

    /// <summary>Asks the run to stop: after the step under way, or after the epoch when asked between epochs.</summary>
    public void RequestStop() => IsStopping = true;

    /// <summary>Saves everything needed to go on from here, bit for bit, as one file. An existing one is replaced once the new one is whole.</summary>
    /// <exception cref="DivergenceException">A parameter is not finite; the existing file stays.</exception>
    /// <exception cref="InvalidOperationException">A GPU is already at work on the next step; see <see cref="TrainingCallback.LooksAtParameters"/>.</exception>
    public void SaveCheckpoint(string path)
    {
        RequireSettled();
        TrainingState.Save(path, this);
    }

    /// <summary>Saves what the network has learned so far. An existing file is replaced once the new one is whole.</summary>
    /// <inheritdoc cref="SaveCheckpoint" path="/exception"/>
    public void SaveWeights(string path)
    {
        RequireSettled();
        WeightsFile.Save(path, Network, Options.Info);
    }

    internal void Tell(Action<TrainingCallback> what)
    {
        foreach (TrainingCallback callback in Callbacks)
        {
            what(callback);
        }
    }

    internal void StartClock() => clock.Restart();

    internal StepReport Count(int samples, double meanLoss, int right)
    {
        Progress.Add(samples, meanLoss, right);
        double? accuracy = Task.Classifies ? Progress.Accuracy : null;
        return new StepReport(EpochsDone + 1, StepsDone, samples, meanLoss, Progress.MeanLoss, accuracy);
    }

    internal EpochReport FinishEpoch(Evaluator? evaluator)
    {
        double training = EpochSeconds;
        Evaluation? validation = evaluator?.Run();
        double? accuracy = Task.Classifies ? Progress.Accuracy : null;
        EpochReport report = new(
            EpochsDone + 1, Progress.MeanLoss, accuracy, validation?.Loss, validation?.Accuracy, Progress.Samples / training, EpochSeconds);
        History.Add(report);
        Progress = new EpochProgress { EpochsDone = EpochsDone + 1 };
        return report;
    }

    internal void Resume(EpochProgress progress, TrainingHistory history) => (Progress, History, IsResumed) = (progress, history, true);

    private void RequireSettled()
    {
        if (StepsAhead > 0)
        {
            throw new InvalidOperationException(
                "The device is at work on the next step, so the parameters are not those of the step reported. "
                + $"Override {nameof(TrainingCallback.LooksAtParameters)} in the callback, so that training waits.");
        }

        if (DivergenceFinder.InParameters(Network) is { } origin)
        {
            throw new DivergenceException(EpochsDone + 1, StepsDone, origin, Optimizer.LearningRate);
        }
    }
}
