#:project ../src/Engine/Engine.csproj

// Chapter 10: a CUDA kernel of your own, from its source to a layer whose gradient is checked.
//
//     dotnet run examples/10-own-kernel.cs                     on emulated CUDA: no GPU is needed, only a C++ compiler
//     dotnet run examples/10-own-kernel.cs -- --device cuda    the same on an NVIDIA GPU
//     dotnet run examples/10-own-kernel.cs -- --quick          a taste: fewer checks
//
// The kernels lie in kernels/swish.cu: y = x·σ(x), the layer of chapter 9, in one pass over memory. Before it is worth
// launching a kernel it is worth knowing that it stays inside its arrays, on every size; the emulator finds out:
//
//     ./engine kernel check examples/kernels/swish.cu

using Engine.Backends;
using Engine.Backends.Cuda;
using Engine.Checking;
using Engine.Layers;
using Engine.Tensors;
using Native.Kernels;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;

int named = Array.IndexOf(args, "--device") + 1;
Device device = Device.Parse(named > 0 && named < args.Length ? args[named] : "emulated");

LaunchByHand();
CheckTheLayer();

// What CUDA programs are made of: a context is a device made ready, a module is compiled code in it, a kernel a function of
// the module; device variables are memory there, and a stream is a queue of work. A launch names how many threads run the
// kernel: here blocks of 256, as many as cover all elements.
void LaunchByHand()
{
    ICudaDriver driver = device.Kind == DeviceKind.Cuda ? NvidiaDriver.Load() : EmulatedDriver.Plain;
    using CudaContext context = new(driver, device.Kind == DeviceKind.Cuda ? device.Index : 0);
    using CudaModule module = KernelFile.Load(context, Sources.Swish);
    CudaKernel swish = module.GetKernel("swish_forward_f32");

    float[] numbers = [.. Enumerable.Range(0, 1000).Select(i => (i - 500) / 100f)];
    using CudaDeviceVariable<float> x = context.Allocate<float>(numbers, "x");
    using CudaDeviceVariable<float> y = context.Allocate<float>(numbers.Length, "y");
    using CudaStream stream = context.CreateStream();
    swish.Launch(stream, grid: (numbers.Length + 255) / 256, block: 256, sharedBytes: 0, x, y, numbers.Length);
    stream.Synchronize();

    float[] results = y.ToArray();
    float worst = numbers.Zip(results, (a, b) => MathF.Abs(b - (a / (1 + MathF.Exp(-a))))).Max();
    Console.WriteLine($"{context}: {swish.Name} on {numbers.Length} numbers");
    Console.WriteLine($"  swish({numbers[600]}) = {results[600]:0.000000}; at most {worst:0.0e+00} from the formula");
}

// A layer made of the two kernels. The gradient check takes difference quotients of the forward kernel and compares them
// with what the backward kernel says, in Float64: if one of the two is wrong, it says so.
void CheckTheLayer()
{
    LayerCases.Register<KernelSwish>(random => new LayerCase(new KernelSwish(), [5, 3], random));
    GradientReport report = GradientChecker.Run("KernelSwish", seed: 1, smallCases: args.Contains("--quick") ? 2 : 12, device).Single();
    Console.WriteLine($"KernelSwish on {device}: {(report.Passed ? "right" : "wrong")}, {report.Checks.Values.Sum()} checks");
    foreach (CheckFailure failure in report.Failures.Take(3))
    {
        Console.WriteLine($"  {failure}");
    }
}

/// <summary>y = x·σ(x) by kernels of kernels/swish.cu.</summary>
internal sealed class KernelSwish : ElementwiseLayer
{
    private CudaModule? module;

    public override Tensor Forward(Tensor x, Pass pass)
    {
        pass.Save(x);
        Tensor y = new(x.Shape, x.DType, x.Device);
        Launch("swish_forward", x, y);
        return y;
    }

    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor x = pass.Restore();
        Tensor dx = new(x.Shape, x.DType, x.Device);
        Launch("swish_backward", x, g, dx);
        return dx;
    }

    // Queued behind the operations before it, as every operation of the engine is.
    private void Launch(string name, params ReadOnlySpan<Tensor> tensors)
    {
        CudaBackend cuda = (CudaBackend)Backend.Of(tensors[0]);
        module ??= KernelFile.Load(cuda.Context, Sources.Swish);
        CudaKernel kernel = module.GetKernel($"{name}_{(tensors[0].DType == DType.Float32 ? "f32" : "f64")}");
        int n = tensors[0].ElementCount;
        KernelArgument[] arguments = [.. tensors.ToArray().Select(cuda.Argument), n];
        cuda.Launch(kernel, grid: (n + 255) / 256, block: 256, sharedBytes: 0, arguments);
    }
}

internal static class Sources
{
    public static string Swish => Path.Combine(Folder, "kernels", "swish.cu");

    // The folder of this file.
    private static string Folder => (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
}
