using System.Runtime.CompilerServices;
using Engine.Backends.Cuda;
using Engine.Tests.Emulator;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

namespace Engine.Tests.Driver;

/// <summary>What goes wrong on a device ends in one error that says what was called, with what, and what to do.</summary>
[RequiresEmulator]
public sealed class FailureTests
{
    private FailingDriver driver = null!;

    [SetUp]
    public void Begin() => driver = new FailingDriver(EmulatedDriver.Plain);

    [Test]
    public void A_machine_without_a_device_is_told_so()
    {
        driver.Fail("Init", CudaResult.NoDevice);
        Refuses(CudaResult.NoDevice, "cuInit", "--device cpu needs none");
    }

    [Test]
    public void A_device_number_too_large_is_named_with_how_many_there_are()
    {
        CudaException problem = Assert.Throws<CudaException>(() => new CudaContext(driver, 3).Dispose())!;
        Assert.That(problem.Result, Is.EqualTo(CudaResult.InvalidDevice));
        Assert.That(problem.Message, Does.Contain("device 3 of 1").And.Contain("engine doctor"));
    }

    [TestCase(CudaResult.SystemDriverMismatch)]
    [TestCase(CudaResult.StubLibrary)]
    public void A_driver_of_the_wrong_version_is_to_be_updated(CudaResult result)
    {
        driver.Fail("Init", result);
        Refuses(result, "cuInit", "Update the NVIDIA driver");
    }

    [Test]
    public void Kernels_newer_than_the_driver_are_refused_with_the_way_out()
    {
        driver.Fail("ModuleLoadData", CudaResult.UnsupportedPtxVersion);
        using CudaContext context = new(driver);
        CudaException problem = Assert.Throws<CudaException>(() => context.LoadModule("ptx"u8, "activations.ptx").Dispose())!;
        Assert.That(problem.Message, Does.Contain("cuModuleLoadDataEx(activations.ptx").And.Contain("Update the NVIDIA driver"));
        AssertNothingLeft(context);
    }

    [Test]
    public void Memory_that_is_not_there_is_refused_with_sizes()
    {
        using CudaContext context = new(driver);
        using CudaDeviceVariable<float> first = context.Allocate<float>(1000, "first");
        driver.Fail("MemAlloc", CudaResult.OutOfMemory);
        CudaException problem = Assert.Throws<CudaException>(() => context.Allocate<float>(1 << 20, "second").Dispose())!;
        Assert.That(problem.Message, Does.Contain("4194304 bytes for 'second', 4000 bytes taken before").And.Contain("smaller batch"));
    }

    [Test]
    public void Memory_that_tensors_no_longer_use_is_given_back_before_a_tensor_is_refused()
    {
        CudaDevice device = new(Device.Cuda(), driver);
        for (int i = 0; i < 100; i++)
        {
            Take(device, 500);
        }

        driver.Fail("MemAlloc", CudaResult.OutOfMemory);
        Assert.That(() => Take(device, 4096), Throws.TypeOf<CudaException>());
        Assert.That(device.Context.Ledger.Bytes, Is.Zero, "what was kept for tensors to come");
        driver.Mend("MemAlloc");
        Assert.That(() => Take(device, 4096), Throws.Nothing);
    }

    [Test]
    public void Memory_of_a_tensor_that_is_gone_serves_the_next_of_its_size()
    {
        CudaDevice device = new(Device.Cuda(), driver);
        Take(device, 500);
        Collect();
        int before = driver.Calls["MemAlloc"];
        Take(device, 400);
        Assert.That(driver.Calls["MemAlloc"], Is.EqualTo(before));
    }

    [Test]
    public void A_kernel_that_faults_loses_the_device_and_every_later_error_says_so()
    {
        using CudaContext context = new(driver);
        driver.Fail("StreamSynchronize", CudaResult.IllegalAddress);
        CudaException problem = Assert.Throws<CudaException>(context.CreateStream().Synchronize)!;
        Assert.That(problem.IsDeviceLost);
        Assert.That(context.IsLost);
        Assert.That(problem.Message, Does.Contain("start again").And.Contain("--device checked"));
    }

    [Test]
    public void What_is_taken_is_written_down_until_it_is_given_back()
    {
        using CudaContext context = new(driver);
        CudaStream stream = context.CreateStream();
        CudaEvent mark = context.CreateEvent();
        CudaPinnedMemory pinned = new(context, 10);
        CudaDeviceVariable<double> numbers = context.Allocate<double>([1, 2, 3], "three numbers");
        Assert.That(context.Ledger.Open, Is.EquivalentTo(
            (string[])["context 'device 0'", "event 'event'", "memory 'three numbers', 24 bytes", "pinned memory 'pinned'", "stream 'stream'"]));

        stream.Dispose();
        mark.Dispose();
        pinned.Dispose();
        numbers.Dispose();
        numbers.Dispose();
        AssertNothingLeft(context);
        Assert.That(() => stream.Synchronize(), Throws.TypeOf<ObjectDisposedException>());
    }

    // Not inlined, so that nothing on the stack keeps the block.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Take(CudaDevice device, long bytes) => device.Memory.Allocate(bytes);

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static void AssertNothingLeft(CudaContext context) =>
        Assert.That(context.Ledger.Open, Is.EqualTo((string[])["context 'device 0'"]));

    private void Refuses(CudaResult result, string call, string advice)
    {
        CudaException problem = Assert.Throws<CudaException>(() => new CudaContext(driver).Dispose())!;
        Assert.That(problem.Result, Is.EqualTo(result));
        Assert.That(problem.Message, Does.StartWith($"{call}(").And.Contain(advice));
    }
}
