using Native.Kernels;

namespace Engine.Backends.Cuda;

/// <summary>How CUDA devices compute, for the whole program. To be set before the first operation.</summary>
public static class CudaSettings
{
    /// <summary>Whether training steps are captured as CUDA graphs and launched as a whole. The numbers are the same either way.</summary>
    public static bool UseGraphs { get; set; } = true;

    /// <summary>How exactly matrices are multiplied in Float32.</summary>
    public static MatrixMode MatrixMode { get; set; } = MatrixMode.Float32;

    /// <summary>Who multiplies matrices.</summary>
    public static Implementation MatrixProducts { get; set; } = Implementation.Library;

    /// <summary>Who does convolutions, pooling, normalization and the like.</summary>
    public static Implementation Convolutions { get; set; } = Implementation.Library;
}

/// <summary>Who does the work.</summary>
public enum Implementation
{
    /// <summary>cuBLAS or cuDNN where they are there, the engine's own kernels elsewhere, as in the emulator.</summary>
    Library,

    /// <summary>The engine's own kernels.</summary>
    Kernels,
}
