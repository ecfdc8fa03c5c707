using System.Runtime.InteropServices;
using Native.Kernels.Libraries;

namespace Native.Kernels.Nvrtc;

/// <summary>The functions of NVRTC that this project calls. (NVIDIA, "NVRTC", nvrtc.h of CUDA 12 and 13.)</summary>
/// <remarks>Sizes of texts include the zero at their end.</remarks>
internal static unsafe partial class NvrtcApi
{
    private const string Library = NativeLibraries.Nvrtc;

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcVersion(out int major, out int minor);

    [LibraryImport(Library)]
    internal static partial byte* nvrtcGetErrorString(NvrtcResult result);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetNumSupportedArchs(out int count);

    /// <summary>Compute capabilities, 90 for 9.0, ascending.</summary>
    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetSupportedArchs(int* architectures);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcCreateProgram(
        out nint program, byte* source, byte* name, int headerCount, byte** headers, byte** includeNames);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcDestroyProgram(ref nint program);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcCompileProgram(NvrtcProgram program, int optionCount, byte** options);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetProgramLogSize(NvrtcProgram program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetProgramLog(NvrtcProgram program, byte* log);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetPTXSize(NvrtcProgram program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetPTX(NvrtcProgram program, byte* ptx);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetCUBINSize(NvrtcProgram program, out nuint bytes);

    [LibraryImport(Library)]
    internal static partial NvrtcResult nvrtcGetCUBIN(NvrtcProgram program, byte* cubin);
}
