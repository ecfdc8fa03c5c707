using System.Diagnostics.CodeAnalysis;
using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>Trains a network by mini-batch gradient descent: epochs of steps, each on one batch.</summary>
/// <remarks>
/// The same seed, data and settings give the same weights bit for bit, on any number of threads, and also when the run
/// is interrupted and resumed from a checkpoint (<see cref="TrainingState"/>). After the first steps a step allocates no
/// tensor memory. (Deck S: epoch, batch, step.)
/// </remarks>
public sealed class Trainer
{
    private readonly Layer network;
    private readonly Loss loss;
    private readonly Optimizer optimizer;
    private readonly TrainerOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="network">What to train; it computes in the type of its parameters, Float32 or Float64.</param>
    /// <param name="loss">What to make small.</param>
    /// <param name="optimizer">How to move the network's parameters.</param>
    /// <param name="options">Epochs, batches, seed, callbacks; the defaults where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public Trainer(Layer network, Loss loss, Optimizer optimizer, TrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        options ??= new TrainerOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        (this.network, this.loss, this.optimizer, this.options) = (network, loss, optimizer, options);
    }

    /// <summary>Trains for all epochs, or until a callback or the token asks to stop, which ends training after the step under way.</summary>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to measure on after each epoch, if anything.</param>
    /// <param name="resumeFrom">The checkpoint of an interrupted run to go on with, bit for bit; null to begin anew.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The report of every epoch that was finished.</returns>
    /// <exception cref="ShapeException">Network, loss and data do not fit together.</exception>
    /// <exception cref="DivergenceException">A loss or gradient is not finite.</exception>
    /// <exception cref="InvalidFileException">The checkpoint is damaged.</exception>
    /// <exception cref="Formats.IncompatibleFileException">The checkpoint is of a run with other settings; the message says which.</exception>
    public TrainingHistory Train(
        Dataset training, Dataset? validation = null, string? resumeFrom = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        LearningTask task = LearningTask.Of(network, loss, training, options.BatchSize, options.Targets);
        using Evaluator? evaluator = validation is null ? null : new Evaluator(network, loss, validation, options);
        TrainingRun run = new(network, loss, optimizer, options, task, training, validation);
        if (resumeFrom is not null)
        {
            TrainingState.Restore(resumeFrom, run);
        }

        BatchLoaderOptions batches = new()
        {
            BatchSize = options.BatchSize,
            Shuffle = options.Shuffle,
            Seed = options.Seed,
            DropLast = options.DropLast,
            DType = task.DType,
            Targets = task.Targets,
            StartEpoch = run.EpochsDone,
            StartStep = run.StepsDone,
            EndEpoch = options.Epochs,
            Transform = options.Transform,
        };
        using BatchLoader loader = new(training, batches);
        using TrainingStep step = new(network, loss, optimizer, task, options.Seed, options.Profiler);
        run.Tell(c => c.OnTrainBegin(run));
        while (run.EpochsDone < options.Epochs && !run.IsStopping)
        {
            run.Tell(c => c.OnEpochBegin(run));
            run.StartClock();
            TakeSteps(run, loader, step, (epoch, number) => Again(training, batches, epoch, number), cancellation);
            if (run.StepsDone == run.StepsPerEpoch && !run.IsStopping)
            {
                EpochReport report = run.FinishEpoch(evaluator);
                run.Tell(c => c.OnEpochEnd(run, report));
            }
        }

        run.Tell(c => c.OnTrainEnd(run));
        return run.History;
    }

    /// <summary>Measures the network on a data set, in inference mode.</summary>
    /// <param name="data">What to measure on.</param>
    /// <param name="profiler">Says where the time goes, a batch being a step; null to run at full speed.</param>
    /// <exception cref="ShapeException">Network, loss and data do not fit together.</exception>
    public Evaluation Evaluate(Dataset data, Profiler? profiler = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        using Evaluator evaluator = new(network, loss, data, options, profiler);
        return evaluator.Run();
    }

    // The rest of the epoch's steps. A device that works by itself is given the next step before the last one is looked at.
    private void TakeSteps(
        TrainingRun run, BatchLoader loader, TrainingStep step, Func<int, int, Batch> again, CancellationToken cancellation)
    {
        while (run.StepsDone + step.Pending < run.StepsPerEpoch && !run.IsStopping && TryNext(loader, out Batch? batch))
        {
            long number = run.StepsTaken + step.Pending;
            if (options.Schedule is { } schedule)
            {
                optimizer.LearningRate = schedule.Rate((double)number / ((long)options.Epochs * run.StepsPerEpoch));
            }

            step.Begin(batch, number);
            bool waits = !run.IsAsynchronous || options.Profiler is not null || run.Callbacks.Any(c => c.LooksAtParameters(run, number + 1));
            Finish(run, step, again, pending: waits ? 0 : 1);
            if (cancellation.IsCancellationRequested)
            {
                run.RequestStop();
            }
        }

        Finish(run, step, again, pending: 0);
    }

    private bool TryNext(BatchLoader loader, [NotNullWhen(true)] out Batch? batch)
    {
        options.Profiler?.BeginStep();
        return loader.TryNext(out batch);
    }

    // Waits for steps until so many are left under way.
    private static void Finish(TrainingRun run, TrainingStep step, Func<int, int, Batch> again, int pending)
    {
        while (step.Pending > pending)
        {
            (int count, StepOutcome outcome) = step.Finish(again);
            run.StepsAhead = step.Pending;
            StepReport report = run.Count(count, outcome.Loss, outcome.Right);
            foreach (TrainingCallback callback in run.Callbacks)
            {
                callback.OnStepEnd(run, report);
            }
        }
    }

    // A batch that was handed out before.
    private static Batch Again(Dataset training, BatchLoaderOptions batches, int epoch, int step)
    {
        using BatchLoader loader = new(training, batches with { StartEpoch = epoch, StartStep = step, Background = false });
        loader.TryNext(out Batch? batch);
        return batch!;
    }
}
