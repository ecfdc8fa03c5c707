namespace Native.Kernels.Emulation;

/// <summary>There is no C++ compiler to compile a kernel with for the emulator.</summary>
public sealed class CompilerMissingException : Exception
{
    /// <summary>None of the usual names is on the path.</summary>
    public CompilerMissingException()
        : base("No C++ compiler was found: neither what CXX names nor g++, clang++ or c++. Install one, such as the package g++; "
            + "`engine doctor` tells what else is missing.")
    {
    }
}
