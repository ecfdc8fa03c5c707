using System.Text;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Tests.Interop;

/// <summary>The driver's bindings and the classes above them, against a driver that takes nothing but what is documented.</summary>
public sealed class NvidiaDriverTests
{
    // y[i] = a·x[i] + y[i] for i < n, which the stand-in driver knows by name; the second forgets to look at n.
    private const string Ptx = """
        .version 8.0
        .target sm_75
        .address_size 64
        .visible .entry axpy(.param .u32 n, .param .f32 a, .param .u64 x, .param .u64 y) { ret; }
        .visible .entry axpy_outside(.param .u32 n, .param .f32 a, .param .u64 x, .param .u64 y) { ret; }
        """;

    [StandInTest]
    public void A_device_tells_its_name_capability_and_memory()
    {
        using StandInDevice device = new();
        Assert.Multiple(() =>
        {
            Assert.That(device.Context.Name, Is.EqualTo("Stand-in device"));
            Assert.That(device.Context.ComputeCapability, Is.EqualTo((9, 0)));
            Assert.That(device.Context.Attribute(CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin), Is.EqualTo(227 * 1024));
            Assert.That(device.Context.Memory.Total, Is.EqualTo(1L << 30));
            Assert.That(device.Context.Driver.IsEmulated, Is.False);
        });
    }

    [StandInTest]
    public void Memory_copied_there_and_back_is_the_same()
    {
        using StandInDevice device = new();
        double[] values = [1, -2.5, double.Pi];
        Assert.That(device.Hold(values).ToArray(), Is.EqualTo(values));
        CudaDeviceVariable<double> filled = device.Room<double>(4);
        device.Stream.Fill(filled.Address, 0, 16);
        Assert.That(filled.ToArray(), Is.EqualTo(new[] { 0.0, 0.0, double.NaN, double.NaN }));
    }

    [StandInTest]
    public void A_kernel_gets_its_arguments_in_their_order_and_size()
    {
        using StandInDevice device = new();
        using CudaModule module = device.Context.LoadModule(Encoding.UTF8.GetBytes(Ptx), "axpy.ptx");
        CudaKernel axpy = module.GetKernel("axpy");
        Assert.That(axpy.ParameterSizes, Is.EqualTo(new[] { 4, 4, 8, 8 }));
        CudaDeviceVariable<float> x = device.Hold([1f, 2, 3]), y = device.Hold([10f, 20, 30]);
        axpy.Launch(device.Stream, 1, 32, 0, 3, 2f, x, y);
        device.Stream.Synchronize();
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 12f, 24, 36 }));
        Assert.That(
            () => axpy.Launch(device.Stream, 1, 32, 0, 3L, 2f, x, y),
            Throws.ArgumentException.With.Message.Contains("argument 1 of 4 has 4 bytes in the kernel, given 8"));
    }

    [StandInTest]
    public void PTX_that_does_not_compile_is_refused_with_the_compilers_words()
    {
        using StandInDevice device = new();
        byte[] ptx = Encoding.UTF8.GetBytes(".version 8.0\n.target sm_75\nmistake\n");
        Assert.That(
            () => device.Context.LoadModule(ptx, "wrong.ptx"),
            Throws.TypeOf<CudaException>()
                .With.Message.Contains("wrong.ptx").And.Message.Contains("line 3; fatal   : Parsing error near 'mistake'")
                .And.Message.Contains("CUDA_ERROR_INVALID_PTX: a PTX JIT compilation failed"));
    }

    [StandInTest]
    public void PTX_newer_than_the_driver_is_refused_and_the_driver_to_be_updated()
    {
        using StandInDevice device = new();
        Assert.That(
            () => device.Context.LoadModule(".version 9.9\n.target sm_75\n"u8, "new.ptx"),
            Throws.TypeOf<CudaException>().With.Property("Result").EqualTo(CudaResult.UnsupportedPtxVersion).And.Message.Contains("Update the NVIDIA driver"));
    }

    [StandInTest("ENGINE_STANDIN_MEMORY=1000")]
    public void Memory_that_is_not_there_is_refused_with_its_size()
    {
        using StandInDevice device = new();
        Assert.That(
            () => device.Context.Allocate<float>(1000, "weights"),
            Throws.TypeOf<CudaException>().With.Message.Contains("CUDA_ERROR_OUT_OF_MEMORY: out of memory").And.Message.Contains("4000"));
    }

    [StandInTest]
    public void A_kernel_that_goes_astray_comes_to_light_at_the_next_wait_and_loses_the_context()
    {
        CudaContext context = new(NvidiaDriver.Load());
        CudaStream stream = context.CreateStream();
        CudaModule module = context.LoadModule(Encoding.UTF8.GetBytes(Ptx), "axpy.ptx");
        CudaDeviceVariable<float> x = context.Allocate<float>(3), y = context.Allocate<float>(3);
        module.GetKernel("axpy_outside").Launch(stream, 1, 32, 0, 3, 2f, x, y);
        Assert.That(
            stream.Synchronize,
            Throws.TypeOf<CudaException>().With.Property("IsDeviceLost").True.And.Message.Contains("illegal memory access"));
        Assert.That(context.IsLost, Is.True);

        // What is left can be disposed without a second failure.
        y.Dispose();
        x.Dispose();
        module.Dispose();
        stream.Dispose();
        context.Dispose();
    }

    [StandInTest]
    public void A_captured_step_is_done_at_each_launch_and_not_before()
    {
        using StandInDevice device = new();
        using CudaModule module = device.Context.LoadModule(Encoding.UTF8.GetBytes(Ptx), "axpy.ptx");
        CudaKernel axpy = module.GetKernel("axpy");
        CudaDeviceVariable<float> x = device.Hold([1f, 2]), y = device.Hold([0f, 0]);
        device.Stream.BeginCapture();
        axpy.Launch(device.Stream, 1, 32, 0, 2, 3f, x, y);
        NvidiaDriver driver = NvidiaDriver.Load();
        Assert.That(driver.StreamGetCaptureNode(device.Stream.Value, out nint node), Is.EqualTo(CudaResult.Success));
        Assert.That(node, Is.Not.EqualTo((nint)0));
        using CudaGraph graph = device.Stream.EndCapture();
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 0f, 0 }), "captured, not done");
        graph.Launch(device.Stream);
        graph.Launch(device.Stream);
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 6f, 12 }));
        graph.SetArguments(node, axpy, 1, 32, 0, new PackedArguments([2, 100f, x, y]));
        graph.Launch(device.Stream);
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 106f, 212 }));
        Assert.That(driver.StreamGetCaptureNode(device.Stream.Value, out node), Is.EqualTo(CudaResult.Success));
        Assert.That(node, Is.EqualTo((nint)0), "nothing is captured any more");
    }

    [StandInTest]
    public void Waiting_during_a_capture_is_refused_and_voids_it()
    {
        using StandInDevice device = new();
        device.Stream.BeginCapture();
        Assert.That(device.Stream.Synchronize, Throws.TypeOf<CudaException>().With.Property("Result").EqualTo(CudaResult.StreamCaptureUnsupported));
        Assert.That(device.Stream.EndCapture, Throws.TypeOf<CudaException>().With.Property("Result").EqualTo(CudaResult.StreamCaptureInvalidated));
    }

    [StandInTest]
    public void Time_passes_between_two_events()
    {
        using StandInDevice device = new();
        using CudaEvent start = device.Context.CreateEvent(), end = device.Context.CreateEvent();
        start.Record(device.Stream);
        end.Record(device.Stream);
        end.Synchronize();
        Assert.That(end.HasHappened, Is.True);
        Assert.That(end.Since(start), Is.GreaterThanOrEqualTo(TimeSpan.Zero));
    }

    [StandInTest(Folder = "old")]
    public void A_driver_without_the_newer_functions_does_what_it_can()
    {
        using StandInDevice device = new();
        NvidiaDriver driver = NvidiaDriver.Load();
        using CudaModule module = device.Context.LoadModule(Encoding.UTF8.GetBytes(Ptx), "axpy.ptx");
        CudaKernel axpy = module.GetKernel("axpy");
        Assert.That(axpy.ParameterSizes, Is.Null, "cuFuncGetParamInfo came with 12.4");
        CudaDeviceVariable<float> x = device.Hold([1f]), y = device.Hold([0f]);
        device.Stream.BeginCapture();
        axpy.Launch(device.Stream, 1, 32, 0, 1, 3f, x, y);
        Assert.That(driver.StreamGetCaptureNode(device.Stream.Value, out nint node), Is.EqualTo(CudaResult.Success), "by _v2");
        Assert.That(node, Is.Not.EqualTo((nint)0));
        using CudaGraph graph = device.Stream.EndCapture();
    }

    [StandInTest("ENGINE_STANDIN_DRIVER=11080")]
    public void A_driver_before_CUDA_12_is_refused() => Assert.That(
        NvidiaDriver.Load,
        Throws.TypeOf<NativeLibraryException>().With.Message.EqualTo(
            "The NVIDIA driver serves CUDA 11.8; CUDA 12.0 is needed. Install driver 525 or newer. Run `engine doctor`."));

    [StandInTest("ENGINE_STANDIN_DEVICES=0")]
    public void A_driver_without_a_device_says_so() => Assert.That(
        () => new CudaContext(NvidiaDriver.Load()),
        Throws.TypeOf<CudaException>().With.Message.Contains("CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected").And.Message.Contains("engine doctor"));

    [StandInTest]
    public void A_result_that_no_one_knows_is_given_as_a_number() =>
        Assert.That(NvidiaDriver.Load().Describe((CudaResult)12345), Is.EqualTo("CUDA error 12345"));
}
