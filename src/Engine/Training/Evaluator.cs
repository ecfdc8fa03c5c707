using System.Diagnostics.CodeAnalysis;
using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Metrics;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>Measures a network on a data set, as often as is asked, with the same buffers.</summary>
internal sealed class Evaluator : IDisposable
{
    private readonly Layer network;
    private readonly Loss loss;
    private readonly Dataset data;
    private readonly LearningTask task;
    private readonly BatchLoader loader;
    private readonly Profiler? profiler;

    public Evaluator(Layer network, Loss loss, Dataset data, TrainerOptions options, Profiler? profiler = null)
    {
        (this.network, this.loss, this.data, this.profiler) = (network, loss, data, profiler);
        task = LearningTask.Of(network, loss, data, options.BatchSize, options.Targets);
        loader = new BatchLoader(data, new BatchLoaderOptions
        {
            BatchSize = options.BatchSize,
            Shuffle = false,
            DType = task.DType,
            Targets = task.Targets,
        });
    }

    /// <summary>The mean loss, and what was taken for what.</summary>
    public Evaluation Run()
    {
        ConfusionMatrix? confusion = task.Classifies ? new ConfusionMatrix(task.Classes) : null;
        double lossSum = 0;
        for (int i = 0; i < loader.StepsPerEpoch && TryNext(out Batch? batch); i++)
        {
            using StepScope here = Device.Cpu.BeginStep();
            using StepScope there = task.Device.BeginStep();
            Pass pass = profiler?.Observe(Mode.Inference) ?? new Pass(Mode.Inference);
            profiler?.Enter(ProfiledWork.Transfer);
            (Tensor inputs, Tensor targets) = (batch.Inputs.To(task.Device), batch.Targets.To(task.Device));
            profiler?.Enter(ProfiledWork.Forward);
            Tensor scores = network.Forward(inputs, pass);
            profiler?.Enter(ProfiledWork.Loss);
            Tensor value = loss.Forward(scores, targets, pass);
            profiler?.Enter(ProfiledWork.Results);
            lossSum += value.Item() * batch.Count;
            confusion?.Add(scores, batch.Targets, task.Threshold);
            profiler?.EndStep();
        }

        return new Evaluation(data.Count, lossSum / data.Count, confusion);
    }

    public void Dispose() => loader.Dispose();

    private bool TryNext([NotNullWhen(true)] out Batch? batch)
    {
        profiler?.BeginStep();
        return loader.TryNext(out batch);
    }
}
