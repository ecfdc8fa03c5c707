using Native.Kernels.Libraries;

namespace Engine.Backends.Cuda;

// Who does matrix products and convolutions: NVIDIA's libraries where they are wanted and there, else the engine's kernels.
public sealed partial class CudaBackend
{
    /// <summary>What multiplies matrices instead of the engine's kernels, or null.</summary>
    internal IMatrixLibrary? MatrixLibrary { get; set; }

    /// <summary>What does convolutions instead of the engine's kernels, or null.</summary>
    internal IConvolutionLibrary? ConvolutionLibrary { get; set; }

    private void UseLibraries()
    {
        if (CudaSettings.MatrixProducts == Implementation.Library && NativeLibraries.IsAvailable(NativeLibraries.CuBlas))
        {
            MatrixLibrary = new CuBlasProducts(device);
        }

        if (CudaSettings.Convolutions == Implementation.Library && NativeLibraries.IsAvailable(NativeLibraries.CuDnn))
        {
            ConvolutionLibrary = new CuDnnConvolutions(device);
        }
    }
}
