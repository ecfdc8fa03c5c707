using Engine.Cli.Rendering;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;
using Engine.Training;

namespace Engine.Cli.Commands;

/// <summary>What <c>engine summary --memory</c> shows: the memory of an answer and of a training step, planned and measured.</summary>
internal static class SummaryMemory
{
    /// <summary>Writes the tables.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="network">Its network; a training step moves its parameters.</param>
    /// <param name="batch">The shape of the samples, batch size first.</param>
    /// <param name="withTraining">Whether to take a training step, too.</param>
    public static void Write(Terminal terminal, ModelDefinition model, Network network, Shape batch, bool withTraining)
    {
        Philox random = new(1);
        Tensor inputs = Fill(new Tensor(batch), random);
        MemoryTable.Write(
            terminal,
            $"memory to answer {Numbers.Count(batch[0], "sample")}",
            MemoryPlan.OfInference(network, batch),
            MemoryMeasurement.OfInference(network, inputs));
        if (withTraining)
        {
            Loss loss = model.CreateLoss();
            Optimizer optimizer = model.CreateOptimizer(network, model.DefaultLearningRate);
            terminal.Line();
            MemoryTable.Write(
                terminal,
                $"memory to learn from {Numbers.Count(batch[0], "sample")} at a time, by {optimizer.GetType().Name}",
                MemoryPlan.OfTraining(network, optimizer, batch),
                MemoryMeasurement.OfTraining(network, loss, optimizer, inputs, Targets(loss, network.OutputShape(batch), random)));
        }

        terminal.Line();
        terminal.Paragraph(
            "Planned from the shapes: what layers hand on, save and make for themselves, each given back after its last use. Measured "
            + "by one run on random numbers on the CPU: the most that was taken at a time. What kernels work in is in neither.",
            Theme.Quiet);
    }

    private static Tensor Targets(Loss loss, Shape scores, Philox random)
    {
        if (loss is not SparseCategoricalCrossEntropy)
        {
            return Fill(new Tensor(scores), random);
        }

        Tensor labels = new([scores[0]], DType.Int32);
        foreach (ref int label in labels.AsSpan<int>())
        {
            label = random.NextInt(scores[1]);
        }

        return labels;
    }

    private static Tensor Fill(Tensor tensor, Philox random)
    {
        foreach (ref float number in tensor.AsSpan<float>())
        {
            number = (float)random.NextDouble();
        }

        return tensor;
    }
}
