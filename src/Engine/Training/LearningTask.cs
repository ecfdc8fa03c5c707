using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>How the samples of a data set meet a network and a loss.</summary>
/// <param name="Targets">The form of the targets.</param>
/// <param name="DType">The type the network computes in.</param>
/// <param name="Device">Where it computes.</param>
/// <param name="Classes">How many classes are told apart; 0 for regression.</param>
/// <param name="Threshold">Where the two classes of a single output meet.</param>
internal sealed record LearningTask(TargetFormat Targets, DType DType, Device Device, int Classes, double Threshold)
{
    /// <summary>True when the outputs are scores of classes.</summary>
    public bool Classifies => Classes > 0;

    /// <summary>The task of a network on a data set.</summary>
    /// <param name="network">The network.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="data">The data.</param>
    /// <param name="batchSize">Samples per batch.</param>
    /// <param name="targets">The form of the targets; null to choose what the loss works on.</param>
    /// <exception cref="ShapeException">The network cannot take the inputs, or its outputs are not one per class.</exception>
    public static LearningTask Of(Layer network, Loss loss, Dataset data, int batchSize, TargetFormat? targets)
    {
        Shape output = network.OutputShape(data.InputShape.Prepend(Math.Min(batchSize, data.Count)));
        (DType dtype, Device device) = network.NamedParameters() is [var (_, first), ..]
            ? (first.Value.DType, first.Value.Device)
            : (DType.Float32, Device.Cpu);
        if (!data.HasLabels)
        {
            return new LearningTask(targets ?? TargetFormat.AsStored, dtype, device, 0, 0);
        }

        int columns = output.Rank == 2 ? output[1] : 0;
        bool binary = columns == 1 && data.ClassCount <= 2 && loss is not SparseCategoricalCrossEntropy;
        if (columns > 0 && columns < data.ClassCount && !binary)
        {
            throw new ShapeException(
                $"Data set '{data.Name}' has {data.ClassCount} classes, the network {columns} {(columns == 1 ? "output" : "outputs")}; it needs one per class.");
        }

        targets ??= loss is SparseCategoricalCrossEntropy ? TargetFormat.AsStored
            : columns == 1 ? TargetFormat.Number
            : TargetFormat.OneHot;
        double threshold = loss is BinaryCrossEntropy ? 0 : 0.5;
        return new LearningTask(targets.Value, dtype, device, columns > 0 ? Math.Max(2, columns) : 0, threshold);
    }
}
