using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

// Kernels that are not the engine's: written for a layer of one's own, compiled in this context, launched on tensors.
public sealed partial class CudaBackend
{
    /// <summary>The device's context, to compile and load kernels in.</summary>
    public CudaContext Context => device.Context;

    /// <summary>The stream that all operations are queued on, in the order of the program.</summary>
    public CudaStream Stream => device.Stream;

    /// <summary>A tensor of this device as a kernel takes it: the address of its first element.</summary>
    /// <exception cref="ShapeException">The tensor lives on another device.</exception>
    public KernelArgument Argument(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return At(tensor);
    }

    /// <summary>Queues a kernel behind the operations before it; in a training step it becomes part of the step's CUDA graph.</summary>
    /// <param name="kernel">Loaded in <see cref="Context"/>.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block.</param>
    /// <param name="arguments">In the kernel's order; tensors by <see cref="Argument"/>.</param>
    public void Launch(CudaKernel kernel, Dim3 grid, Dim3 block, int sharedBytes, params ReadOnlySpan<KernelArgument> arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        device.Recorder.Launch(kernel, grid, block, sharedBytes, arguments);
    }
}
