using Engine.Backends.Ladders;
using Engine.Tests.Emulator;
using Engine.Tests.House;
using Native.Kernels.Emulation;

namespace Engine.Tests.Backends;

/// <summary>What holds for every operation on CUDA, and can be shown where the order of threads is ours to choose.</summary>
[RequiresEmulator]
[NonParallelizable]
public sealed class EmulatedOperationsTests
{
    private static readonly (string Name, long Order, long Seed)[] Orders =
    [
        ("ascending", 0, 1),
        ("ascending again", 0, 1),
        ("descending", 1, 1),
        ("shuffled", 2, 20_240_917),
    ];

    [TearDown]
    public void Restore()
    {
        EmulatedDriver.Plain.SetOption("order", 0);
        EmulatedDriver.Plain.SetOption("seed", 1);
    }

    [Test]
    public void Every_operation_gives_the_same_bits_in_whatever_order_threads_run(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values] bool large)
    {
        foreach (OperationCase operation in OperationCase.All(dtype, large, Device.Emulated))
        {
            byte[]? first = null;
            foreach ((string name, long order, long seed) in Orders)
            {
                EmulatedDriver.Plain.SetOption("order", order);
                EmulatedDriver.Plain.SetOption("seed", seed);
                operation.Run();
                byte[] bits = [.. operation.Outputs.SelectMany(output => output.To(Device.Cpu).Bytes.ToArray())];
                first ??= bits;
                Assert.That(bits.AsSpan().SequenceEqual(first), $"{operation.Name}, threads {name}, seed {seed}");
            }
        }
    }

    [Test]
    public void No_operation_allocates_managed_memory_once_it_has_run([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        // The way back through an activation and a normalization is two kernels, with a tensor of the step between them.
        foreach (OperationCase operation in OperationCase.All(dtype, large: false, Device.Emulated).Where(o => !o.Name.StartsWith("Back through")))
        {
            operation.Run();
            operation.RunAgain();
            long tensors = DeviceMemory.Of(Device.Emulated).AllocatedBytes;
            Assert.That(Allocations.Of(operation.RunAgain), Is.Zero, $"{operation.Name}: managed bytes");
            Assert.That(DeviceMemory.Of(Device.Emulated).AllocatedBytes - tensors, Is.Zero, $"{operation.Name}: tensor bytes");
        }
    }

    // A finding of the checked emulator (a race, an overrun, shared memory read before it was written) is an exception.
    [Test]
    public void The_checked_emulator_finds_nothing_in_any_operation([Values(DType.Float32, DType.Float64)] DType dtype, [Values] bool large)
    {
        foreach (OperationCase operation in OperationCase.All(dtype, large, Device.Checked))
        {
            Assert.That(operation.Run, Throws.Nothing, operation.Name);
        }
    }

    // Lanes of a warp, a warp, a block for each row.
    [Test]
    public void The_checked_emulator_finds_nothing_in_rows_of_any_length([Values(10, 1000, 1025)] int classes)
    {
        Backend backend = Backend.Of(Device.Checked);
        Tensor x = Numbers.Uniform(new Philox(1), [5, classes], DType.Float32).To(Device.Checked), y = Tensor.Like(x), loss = new([], x.DType, x.Device);
        Tensor labels = Tensor.From(0, 1, 2, 3, 4).To(Device.Checked), largest = Tensor.Like(labels);
        Assert.That(() => backend.SoftmaxForward(x, y), Throws.Nothing);
        Assert.That(() => backend.SoftmaxBackward(y, x, Tensor.Like(x)), Throws.Nothing);
        Assert.That(() => backend.SoftmaxCrossEntropyForward(x, labels, y, loss), Throws.Nothing);
        Assert.That(() => backend.SoftmaxCrossEntropyBackward(y, labels, Tensor.Like(x)), Throws.Nothing);
        Assert.That(() => backend.SoftmaxCrossEntropyBackward(y, x, Tensor.Like(x)), Throws.Nothing);
        Assert.That(() => backend.ArgMax(x, 1, largest), Throws.Nothing);
        Assert.That(() => backend.Reduce(Reduction.Sum, x, 1, new Tensor([5], x.DType, x.Device)), Throws.Nothing);
    }

    private static IEnumerable<string> Ladders => KernelLadders.Operations(Device.Checked);

    [TestCaseSource(nameof(Ladders))]
    public void The_checked_emulator_finds_nothing_on_any_rung_of_a_ladder(string operation)
    {
        KernelLadder ladder = KernelLadders.Create(operation, new LadderRequest(Device.Checked, DType.Float32, 1.0 / 60, new Philox(7)));
        foreach (KernelRung rung in ladder.Rungs)
        {
            Assert.That(rung.Run, Throws.Nothing, rung.Name);
        }
    }
}
