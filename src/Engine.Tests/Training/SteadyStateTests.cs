using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>Once warm, a step takes no tensor memory and next to no managed objects.</summary>
[NonParallelizable]
public sealed class SteadyStateTests
{
    private const int WarmUp = 20;
    private const int Measured = 20;

    [Test]
    public void A_dense_network_trains_without_allocating([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Philox random = new(1);
        Network network = new() { new Flatten(), new Dense(784, 128, random), new ReLU(), new Dropout(0.2), new Dense(128, 10, random) };
        AssertSteady(network, dtype);
    }

    [Test]
    public void LeNet_5_trains_without_allocating([Values(DType.Float32, DType.Float64)] DType dtype) =>
        AssertSteady(new LeNet5().Create([1, 28, 28], 10, new Philox(1)), dtype);

    private static void AssertSteady(Network network, DType dtype)
    {
        network.ConvertTo(dtype);
        const int Count = 18, BatchSize = 4;
        Dataset data = Dataset.OfImages("digits", new byte[Count * 784], [1, 28, 28], new int[Count], [.. Enumerable.Range(0, 10).Select(d => $"{d}")]);
        List<(long Tensors, long Objects)> readings = [];
        Callback meter = new()
        {
            StepEnd = (run, _) =>
            {
                if (run.StepsTaken >= WarmUp && run.StepsTaken % Measured == 0)
                {
                    readings.Add((DeviceMemory.Of(Device.Cpu).AllocatedBytes, GC.GetTotalAllocatedBytes(precise: true)));
                }
            },
        };
        Trainer trainer = new(
            network, new SparseCategoricalCrossEntropy(), new Adam(network), new TrainerOptions { Epochs = 17, BatchSize = BatchSize, Callbacks = [meter] });
        trainer.Train(data, data);

        // Each twenty steps lie across ends of epochs, with partial batches and validation. What the test host itself
        // allocates meanwhile comes and goes; what a step allocates is in every reading.
        long perStep = readings.Zip(readings.Skip(1), (before, after) => after.Objects - before.Objects).Min() / Measured;
        TestContext.Out.WriteLine($"{perStep} bytes of objects per step");
        Assert.That(readings, Has.Count.EqualTo(4));
        Assert.That(readings[^1].Tensors - readings[0].Tensors, Is.Zero, "bytes of tensors");
        Assert.That(perStep, Is.InRange(1, 64 * 1024), "bytes of objects per step");
    }
}
