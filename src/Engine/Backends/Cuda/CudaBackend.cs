using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>
/// The operations on a CUDA device, by the kernels of <c>kernels/</c> or by cuBLAS and cuDNN. One code for a GPU and for
/// the emulator: only the driver below differs.
/// </summary>
/// <remarks>
/// An operation checks its arguments, chooses grid and block, and queues its kernels; it does not wait. Grids follow from
/// sizes alone, never from the device, so that sums are added in the same order everywhere.
/// </remarks>
public sealed partial class CudaBackend : Backend
{
    private const int BlockThreads = 256;
    private const int MostBlocks = 4096;

    private readonly CudaDevice device;

    internal CudaBackend(CudaDevice device)
    {
        this.device = device;
    }

    /// <summary>The back end of a device, with NVIDIA's libraries where they are wanted and there.</summary>
    /// <exception cref="Native.Kernels.Libraries.NativeLibraryException">There is no driver.</exception>
    /// <exception cref="CudaException">There is no such device.</exception>
    public static CudaBackend On(Device device)
    {
        CudaDevice opened = CudaDevice.Of(device);
        CudaBackend backend = new(opened);
        if (device.Kind == DeviceKind.Cuda)
        {
            backend.UseLibraries();
        }

        return backend;
    }

    // Blocks for a loop in which each thread starts at its own number and strides by the number of threads.
    private static Dim3 LinearGrid(int count) => Math.Clamp(CeilingDivide(count, BlockThreads), 1, MostBlocks);

    // A scalar in the type of the elements.
    private static KernelArgument Scalar(DType dtype, double value) => dtype == DType.Float32 ? KernelArgument.From((float)value) : value;

    private static int CeilingDivide(int a, int b) => (int)(((long)a + b - 1) / b);

    // A kernel that goes through `count` elements, any number of them.
    private void LaunchLinear(string family, string kernel, DType dtype, int count, params ReadOnlySpan<KernelArgument> arguments) =>
        Launch(family, kernel, dtype, LinearGrid(count), BlockThreads, 0, arguments);

    // Also for the ladders, whose lower rungs no operation uses.
    internal void Launch(
        string family, string kernel, DType dtype, Dim3 grid, Dim3 block, int sharedBytes, params ReadOnlySpan<KernelArgument> arguments) =>
        device.Recorder.Launch(device.Kernel(family, kernel, dtype), grid, block, sharedBytes, arguments);

    // Where a tensor lies, as a kernel wants to know it; 0 for one that is not given.
    private KernelArgument At(Tensor? tensor) => AddressOf(tensor);

    private nint AddressOf(Tensor? tensor)
    {
        if (tensor is null)
        {
            return 0;
        }

        return tensor.Device == device.Identity
            ? tensor.Address
            : throw new ShapeException($"An operation on '{device.Identity}' was given {tensor.DType} {tensor.Shape} on '{tensor.Device}'. Copy it with To(device).");
    }

    // Memory for parts of a result, until the step ends or nobody refers to it.
    private Tensor Scratch(Shape shape, DType dtype) => new(shape, dtype, device.Identity);
}
