using Engine.Backends.Cpu;
using Engine.Tests.House;

namespace Engine.Tests.Backends;

/// <summary>What only the managed back end promises of its convolutions.</summary>
[NonParallelizable]
public sealed class CpuConvolutionTests
{
    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Range(1, 20)] int seed)
    {
        ConvolutionCase c = ConvolutionCase.Random(new Philox((ulong)seed, 3), images: 19);
        WorkerPool.Threads = 1;
        float[] y = Bits(c.Forward(DType.Float32)), dx = Bits(c.BackwardData(DType.Float32)), dw = Bits(c.BackwardWeights(DType.Float32));
        float[] db = Bits(c.BackwardBoth(DType.Float32).Biases);
        for (int count = 2; count <= 3; count++)
        {
            WorkerPool.Threads = count;
            Assert.That(Bits(c.Forward(DType.Float32)).AsSpan().SequenceEqual(y), $"forward, seed {seed}, {c}, {count} threads");
            Assert.That(Bits(c.BackwardData(DType.Float32)).AsSpan().SequenceEqual(dx), $"data, seed {seed}, {c}, {count} threads");
            Assert.That(Bits(c.BackwardWeights(DType.Float32)).AsSpan().SequenceEqual(dw), $"weights, seed {seed}, {c}, {count} threads");
            Assert.That(Bits(c.BackwardBoth(DType.Float32).Biases).AsSpan().SequenceEqual(db), $"biases, seed {seed}, {c}, {count} threads");
        }
    }

    [Test]
    public void In_the_long_run_a_convolution_allocates_nothing()
    {
        WorkerPool.Threads = 1;
        Window window = new(3, 1, 1, 1, 1);
        Tensor x = Tensor.Zeros([16, 8, 14, 14]), w = Tensor.Zeros([12, 8, 3, 3]), bias = Tensor.Zeros([12]), y = Tensor.Zeros([16, 12, 14, 14]);
        Backend backend = Backend.Of(x);
        void Step()
        {
            backend.ConvolutionForward(x, w, bias, window, 1, y);
            backend.ConvolutionBackwardData(w, y, window, 1, x);
            backend.ConvolutionBackwardWeights(x, y, window, 1, w, accumulate: false, bias);
        }

        Step();
        long tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        Assert.That(Allocations.Of(Step), Is.Zero);
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.Zero);
    }

    private static float[] Bits(Tensor tensor) => tensor.AsSpan<float>().ToArray();
}
