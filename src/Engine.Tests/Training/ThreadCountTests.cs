using Engine.Backends.Cpu;
using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>The weights do not depend on how many threads compute them.</summary>
[NonParallelizable]
public sealed class ThreadCountTests
{
    [Test]
    public void One_thread_and_two_give_the_same_bits([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        int threads = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            string one = BitsAfterTraining(dtype);
            WorkerPool.Threads = 2;
            string two = BitsAfterTraining(dtype);
            WorkerPool.Threads = 5;
            string five = BitsAfterTraining(dtype);
            Assert.That(two, Is.EqualTo(one));
            Assert.That(five, Is.EqualTo(one));
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    // Large enough that the kernels share out their work.
    private static string BitsAfterTraining(DType dtype)
    {
        Philox random = new(1);
        Network network = new()
        {
            new Conv2D(1, 8, 3, random, padding: Padding.Same),
            new BatchNormalization(8),
            new ReLU(),
            new MaxPooling2D(2),
            new Conv2D(8, 16, 5, random),
            new Tanh(),
            new AveragePooling2D(2),
            new Flatten(),
            new Dropout(0.25),
            new Dense(400, 128, random),
            new ReLU(),
            new Dense(128, 10, random),
        };
        network.ConvertTo(dtype);
        byte[] pixels = new byte[30 * 784];
        foreach (ref byte pixel in pixels.AsSpan())
        {
            pixel = (byte)random.NextUInt32();
        }

        Dataset data = Dataset.OfImages("noise", pixels, [1, 28, 28], [.. Enumerable.Range(0, 30).Select(i => i % 10)], [.. Enumerable.Range(0, 10).Select(d => $"{d}")]);
        new Trainer(network, new SparseCategoricalCrossEntropy(), new Adam(network), new TrainerOptions { Epochs = 1, BatchSize = 12 }).Train(data);
        return SmallTask.Bits(network);
    }
}
