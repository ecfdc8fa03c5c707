using Engine.Backends.Cuda;
using Engine.Checking;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Training;

namespace Engine.Tests.Interop;

/// <summary>
/// The device 'cuda' from end to end: NVRTC compiles the kernels, the driver runs them, cuBLAS and cuDNN do products and
/// convolutions, steps are captured; each of them a stand-in, all of ours between them the real thing.
/// </summary>
public sealed class WholeDeviceTests
{
    private const int Steps = 3 * SmallTask.StepsPerEpoch;

    [StandInTest(RunsKernels = true)]
    public void A_network_trains_as_on_the_CPU_through_cuBLAS_and_cuDNN()
    {
        CudaBackend backend = (CudaBackend)Backend.Of(Device.Cuda());
        Assert.That((backend.MatrixLibrary, backend.ConvolutionLibrary), Is.Not.EqualTo(((IMatrixLibrary?)null, (IConvolutionLibrary?)null)));
        (string bits, List<double> losses) = Train(Device.Cuda());
        (_, List<double> expected) = Train(Device.Cpu);
        Assert.That(CudaDevice.Of(Device.Cuda()).Recorder.GraphLaunches, Is.EqualTo(Steps - 2));
        for (int step = 0; step < Steps; step++)
        {
            // Each step adds the rounding of sums over 216 products, and learns from what the steps before have left.
            Assert.That(losses[step], Is.EqualTo(expected[step]).Within(4 * Math.Sqrt(216) * Math.ScaleB(1, -24) * (step + 1)), $"step {step + 1}");
        }

        // Captured or not, the numbers are the same.
        CudaSettings.UseGraphs = false;
        (string uncaptured, _) = Train(Device.Cuda());
        Assert.That(bits, Is.EqualTo(uncaptured));
    }

    [StandInTest(RunsKernels = true)]
    public void The_engines_own_kernels_give_the_bits_that_they_give_on_the_emulator()
    {
        CudaSettings.MatrixProducts = CudaSettings.Convolutions = Implementation.Kernels;
        CudaBackend backend = (CudaBackend)Backend.Of(Device.Cuda());
        Assert.That((backend.MatrixLibrary, backend.ConvolutionLibrary), Is.EqualTo(((IMatrixLibrary?)null, (IConvolutionLibrary?)null)));
        (string bits, _) = Train(Device.Cuda());
        (string expected, _) = Train(Device.Emulated);
        Assert.That(bits, Is.EqualTo(expected));
    }

    [StandInTest(RunsKernels = true)]
    public void Gradients_are_right_through_the_libraries()
    {
        foreach (string name in (string[])["Dense", "Conv2D", "Network"])
        {
            GradientReport report = GradientChecker.Run(name, seed: 3, smallCases: 4, Device.Cuda())[0];
            Assert.That(report.Passed, report.ToString());
        }
    }

    [StandInTest("ENGINE_STANDIN_DEVICES=0", RunsKernels = true)]
    public void Without_a_device_a_tensor_there_is_refused_in_one_line() => Assert.That(
        () => new Tensor([1], DType.Float32, Device.Cuda()),
        Throws.TypeOf<Native.Kernels.Driver.CudaException>().With.Message.Contains("engine doctor"));

    private static (string Bits, List<double> Losses) Train(Device device)
    {
        Network network = SmallTask.Network();
        network.MoveTo(device);
        List<double> losses = [];
        Callback listener = new() { StepEnd = (_, report) => losses.Add(report.Loss) };
        SmallTask.Trainer(network, 3, n => new Sgd(n, 0.01, momentum: 0.9), listener).Train(SmallTask.Images());
        return (SmallTask.Bits(network), losses);
    }
}
