using Engine.Backends.Cpu;
using Engine.Tests.House;

namespace Engine.Tests.Backends;

[NonParallelizable]
public sealed class DeterminismTests
{
    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void Every_operation_gives_the_same_bits_on_1_2_and_3_threads(DType dtype)
    {
        foreach (OperationCase operation in OperationCase.All(dtype, large: true))
        {
            byte[]? first = null;
            for (int count = 1; count <= 3; count++)
            {
                WorkerPool.Threads = count;
                operation.Run();
                byte[] bits = [.. operation.Outputs.SelectMany(output => output.Bytes.ToArray())];
                first ??= bits;
                Assert.That(bits.AsSpan().SequenceEqual(first), $"{operation.Name} on {count} threads");
            }
        }
    }

    [TestCase(1, false)]
    [TestCase(1, true)]
    [TestCase(2, true)]
    public void No_operation_allocates_once_it_has_run(int count, bool large)
    {
        WorkerPool.Threads = count;
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            foreach (OperationCase operation in OperationCase.All(dtype, large))
            {
                operation.Run();
                long tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
                Assert.That(Allocations.Of(operation.Run), Is.Zero, $"{operation.Name}, {dtype}: managed bytes");
                Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.Zero, $"{operation.Name}, {dtype}: tensor bytes");
            }
        }
    }
}
