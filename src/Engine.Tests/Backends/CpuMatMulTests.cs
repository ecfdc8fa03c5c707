using Engine.Backends.Cpu;
using Engine.Tests.House;

namespace Engine.Tests.Backends;

/// <summary>What only the managed back end promises of its matrix products.</summary>
[NonParallelizable]
public sealed class CpuMatMulTests
{
    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [Test]
    public void A_matrix_too_large_to_be_packed_at_once_is_multiplied_in_slabs([Values] bool transposeB)
    {
        // 72 MB of b, of which 32 MB are packed at a time. b is ones but for its last, a has one number per row: all sums are exact.
        const int M = 50, K = 9000, N = 2000;
        Tensor a = Tensor.Zeros([M, K]), b = Filled(1, transposeB ? [N, K] : [K, N]), y = Filled(double.NaN, [M, N]);
        for (int i = 0; i < M; i++)
        {
            a.SetFlat((i * K) + (K - 1 - i), i + 1);
        }

        b.SetFlat(transposeB ? ((N - 1) * K) + K - 1 : ((K - 1) * N) + N - 1, 3);
        Backend.Of(y).MatMul(a, b, y, transposeB: transposeB);
        for (int i = 0; i < M; i++)
        {
            Assert.That(y.GetFlat(i * N), Is.EqualTo(i + 1));
            Assert.That(y.GetFlat((i * N) + N - 1), Is.EqualTo(i == 0 ? 3 : i + 1));
            Assert.That(y.AsSpan<float>().Slice(i * N, N - 1).ToArray(), Is.All.EqualTo(i + 1));
        }
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads([Range(1, 12)] int seed)
    {
        Philox random = new((ulong)seed, 1);
        MatMulCase c = MatMulCase.Random(random, large: true);
        WorkerPool.Threads = 1;
        float[] serial = c.Run(DType.Float32).AsSpan<float>().ToArray();
        for (int count = 2; count <= 3; count++)
        {
            WorkerPool.Threads = count;
            Assert.That(c.Run(DType.Float32).AsSpan<float>().SequenceEqual(serial), $"seed {seed}, {c}, {count} threads");
        }
    }

    [Test]
    public void A_result_larger_than_the_second_level_cache_has_the_bits_of_its_rows_computed_apart([Values] bool transposeB, [Values] bool accumulate)
    {
        // 2.2 MB of y, ragged in both directions, over blocks of k of another length than those of 101 of its rows.
        const int M = 707, N = 807, K = 550, Rows = 101;
        WorkerPool.Threads = 1;
        Philox random = new(26, 1);
        Tensor a = Normal(random, [M, K]), b = Normal(random, transposeB ? [N, K] : [K, N]), y = Normal(random, [M, N]);
        float[] start = y.AsSpan<float>().ToArray();
        Backend.Of(y).MatMul(a, b, y, transposeB: transposeB, accumulate: accumulate);
        for (int row = 0; row < M; row += Rows)
        {
            Tensor some = Tensor.Zeros([Rows, K]), part = Tensor.Zeros([Rows, N]);
            a.AsSpan<float>().Slice(row * K, Rows * K).CopyTo(some.AsSpan<float>());
            start.AsSpan(row * N, Rows * N).CopyTo(part.AsSpan<float>());
            Backend.Of(y).MatMul(some, b, part, transposeB: transposeB, accumulate: accumulate);
            Assert.That(y.AsSpan<float>().Slice(row * N, Rows * N).SequenceEqual(part.AsSpan<float>()), $"rows from {row} on");
        }
    }

    [Test]
    public void Nothing_beyond_the_operands_is_read_or_written()
    {
        // In an arena tensors lie side by side, these without gaps: reading beyond one poisons the product with NaN.
        using StepScope step = Device.Cpu.BeginStep();
        Tensor a = Filled(1, [16, 16]), wall1 = Filled(double.NaN, [16]), b = Filled(1, [16, 19]), wall2 = Filled(double.NaN, [16]);
        Tensor y = Filled(0, [16, 19]), wall3 = Filled(double.NaN, [16]);
        Backend.Of(y).MatMul(a, b, y);
        Assert.That(y.AsSpan<float>().ToArray(), Is.All.EqualTo(16));
        foreach (Tensor wall in (Tensor[])[wall1, wall2, wall3])
        {
            Assert.That(wall.AsSpan<float>().ToArray(), Is.All.NaN);
        }
    }

    [Test]
    public void In_the_long_run_a_product_allocates_nothing([Values] bool transposeA, [Values] bool transposeB)
    {
        WorkerPool.Threads = 2;
        Tensor a = Tensor.Zeros(transposeA ? [300, 130] : [130, 300]), b = Tensor.Zeros(transposeB ? [90, 300] : [300, 90]);
        Tensor y = Tensor.Zeros([130, 90]), bias = Tensor.Zeros([90]);
        Backend backend = Backend.Of(y);
        backend.MatMul(a, b, y, transposeA, transposeB, bias);
        long tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        Assert.That(Allocations.Of(() => backend.MatMul(a, b, y, transposeA, transposeB, bias)), Is.Zero);
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.Zero);
    }

    private static Tensor Normal(Philox random, Shape shape)
    {
        Tensor tensor = new(shape);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }

    private static Tensor Filled(double value, Shape shape)
    {
        Tensor tensor = new(shape);
        tensor.AsSpan<float>().Fill((float)value);
        return tensor;
    }
}
