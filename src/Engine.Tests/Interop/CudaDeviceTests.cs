using Engine.Backends.Cuda;
using Engine.Checking;
using Engine.Networks;
using Engine.Tests.Training;
using Native.Kernels.CuBlas;
using Native.Kernels.CuDnn;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Tests.Interop;

/// <summary>
/// The whole engine on <c>Device.Cuda()</c>: every call goes through the bindings to the stand-ins, and the kernels, compiled by
/// the stand-in NVRTC, are run by the emulator.
/// </summary>
public sealed class CudaDeviceTests
{
    [StandInTest(WithEmulator = true)]
    public void Training_gives_the_losses_of_the_CPU() => new DeviceTrainingTests(Device.Cuda()).Losses_are_those_of_the_CPU();

    [StandInTest(WithEmulator = true)]
    public void Steps_captured_as_graphs_give_the_bits_of_steps_that_are_not() =>
        new DeviceTrainingTests(Device.Cuda()).Steps_launched_as_graphs_give_the_same_bits("Adam");

    [StandInTest(WithEmulator = true)]
    public void Gradients_are_right_through_cuBLAS_and_cuDNN()
    {
        CudaBackend backend = (CudaBackend)Backend.Of(Device.Cuda());
        Assert.That(backend.MatrixLibrary, Is.Not.Null);
        Assert.That(backend.ConvolutionLibrary, Is.Not.Null);
        foreach (string name in (string[])["Dense", "Conv2D", "Network"])
        {
            GradientReport report = GradientChecker.Run(name, seed: 3, smallCases: 4, Device.Cuda())[0];
            Assert.That(report.Passed, report.ToString());
        }
    }

    [StandInTest(WithEmulator = true)]
    public void The_engines_own_kernels_give_the_bits_that_they_give_on_the_emulator()
    {
        CudaSettings.MatrixProducts = CudaSettings.Convolutions = Implementation.Kernels;
        CudaBackend backend = (CudaBackend)Backend.Of(Device.Cuda());
        Assert.That(backend.MatrixLibrary, Is.Null);
        Assert.That(backend.ConvolutionLibrary, Is.Null);
        Assert.That(Train(Device.Cuda()), Is.EqualTo(Train(Device.Emulated)));

        static string Train(Device device)
        {
            Network network = SmallTask.Network();
            network.MoveTo(device);
            SmallTask.Trainer(network).Train(SmallTask.Images());
            return SmallTask.Bits(network);
        }
    }

    [StandInTest("ENGINE_STANDIN_DEVICES=0", WithEmulator = true)]
    public void Without_a_device_a_tensor_there_is_refused_with_the_way_to_the_doctor() => Assert.That(
        () => new Tensor([1], DType.Float32, Device.Cuda()),
        Throws.TypeOf<CudaException>().With.Message.Contains("engine doctor"));

    [StandInTest(WithEmulator = true)]
    public void A_failure_of_cuBLAS_reaches_the_user_with_the_products_sizes()
    {
        Tensor a = Tensor.Zeros([3, 4]).To(Device.Cuda()), b = Tensor.Zeros([4, 5]).To(Device.Cuda());
        StandInDevice.Fail(NativeLibraries.CuBlas, "cublasSgemm_v2", (int)CuBlasStatus.ExecutionFailed);
        Assert.That(() => Tensor.MatMul(a, b), Throws.TypeOf<CuBlasException>().With.Message.StartsWith("cublasSgemm(m 5, n 3, k 4,"));
    }

    [StandInTest(WithEmulator = true)]
    public void A_failure_of_cuDNN_reaches_the_user_with_the_convolutions_sizes()
    {
        Device device = Device.Cuda();
        Tensor x = Tensor.Zeros([2, 3, 8, 8]).To(device), w = Tensor.Zeros([4, 3, 3, 3]).To(device), y = Tensor.Zeros([2, 4, 6, 6]).To(device);
        Window window = new(new(3, 3), new(1, 1), new(1, 1), new(0, 0), new(0, 0));
        StandInDevice.Fail(NativeLibraries.CuDnn, "cudnnConvolutionForward", (int)CuDnnStatus.ExecutionFailed);
        Assert.That(
            () => Backend.Of(device).ConvolutionForward(x, w, null, window, 1, y),
            Throws.TypeOf<CuDnnException>().With.Message.StartsWith("cudnnConvolutionForward(2×3×8×8 ∗ 4×3×3×3, stride 1×1"));
    }

    [StandInTest(WithEmulator = true)]
    public void A_device_that_is_lost_says_so_and_what_to_do()
    {
        Tensor a = Tensor.Zeros([3, 4]).To(Device.Cuda());
        StandInDevice.Fail(NativeLibraries.Driver, "cuLaunchKernel", (int)CudaResult.IllegalAddress);
        Assert.That(
            () => a + a,
            Throws.TypeOf<CudaException>().With.Property("IsDeviceLost").True.And.Message.Contains("start again"));
    }

    [StandInTest("ENGINE_STANDIN_MEMORY=40000000", WithEmulator = true)]
    public void A_device_that_is_full_says_how_much_was_asked_for() => Assert.That(
        () => Tensor.Zeros([4000, 4000]).To(Device.Cuda()),
        Throws.TypeOf<CudaException>().With.Message.Contains("out of memory").And.Message.Contains("64000000"));
}
