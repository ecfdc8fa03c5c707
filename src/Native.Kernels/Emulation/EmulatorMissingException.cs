namespace Native.Kernels.Emulation;

/// <summary>The emulator was not built.</summary>
public sealed class EmulatorMissingException : Exception
{
    /// <summary>A file of it is not there.</summary>
    /// <param name="fileName">Which.</param>
    public EmulatorMissingException(string fileName)
        : base($"Emulated CUDA is not here: {fileName} lies neither beside the program nor in {EmulatorFiles.PathVariable}. "
            + "Install CMake and a C++ compiler and build again; `engine doctor` tells what is missing.")
    {
    }
}
