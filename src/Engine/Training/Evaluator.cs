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

    public Evaluator(Layer network, Loss loss, Dataset data, TrainerOptions options)
    {
        (this.network, this.loss, this.data) = (network, loss, data);
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
        for (int i = 0; i < loader.StepsPerEpoch && loader.TryNext(out Batch? batch); i++)
        {
            using StepScope here = Device.Cpu.BeginStep();
            using StepScope there = task.Device.BeginStep();
            Pass pass = new(Mode.Inference);
            Tensor scores = network.Forward(batch.Inputs.To(task.Device), pass);
            lossSum += loss.Forward(scores, batch.Targets.To(task.Device), pass).Item() * batch.Count;
            confusion?.Add(scores, batch.Targets, task.Threshold);
        }

        return new Evaluation(data.Count, lossSum / data.Count, confusion);
    }

    public void Dispose() => loader.Dispose();
}
