using System.Text;
using static Native.Kernels.Driver.NvidiaDriverApi;

namespace Native.Kernels.Driver;

public sealed unsafe partial class NvidiaDriver
{
    private const int LogBytes = 64 * 1024;

    // CUjit_option. Values go into the array of pointers themselves: sizes as numbers, buffers as addresses.
    private const int InfoLogBuffer = 3;
    private const int InfoLogBufferBytes = 4;
    private const int ErrorLogBuffer = 5;
    private const int ErrorLogBufferBytes = 6;
    private const int GenerateLineInfo = 13;

    /// <inheritdoc/>
    /// <remarks>PTX is compiled for the device of the current context, as the driver does where no target is named.</remarks>
    public CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> image, out string log)
    {
        byte[] terminated = Terminated(image);
        byte[] info = GC.AllocateArray<byte>(LogBytes, pinned: true), error = GC.AllocateArray<byte>(LogBytes, pinned: true);
        fixed (byte* imageBytes = terminated, infoBytes = info, errorBytes = error)
        {
            int* options = stackalloc int[] { InfoLogBuffer, InfoLogBufferBytes, ErrorLogBuffer, ErrorLogBufferBytes, GenerateLineInfo };
            void** values = stackalloc void*[] { infoBytes, (void*)(nuint)LogBytes, errorBytes, (void*)(nuint)LogBytes, (void*)(nuint)1 };
            CudaResult result = cuModuleLoadDataEx(out module, imageBytes, 5, options, values);
            log = $"{Text(error)}\n{Text(info)}".Trim();
            return result;
        }
    }

    /// <inheritdoc/>
    public CudaResult ModuleUnload(nint module) => cuModuleUnload(module);

    /// <inheritdoc/>
    public CudaResult ModuleGetFunction(out nint function, nint module, string name) =>
        cuModuleGetFunction(out function, module, name);

    /// <inheritdoc/>
    public CudaResult FuncGetParamInfo(nint function, nuint index, out nuint offset, out nuint size)
    {
        if (hasParameterInfo)
        {
            return cuFuncGetParamInfo(function, index, out offset, out size);
        }

        (offset, size) = (0, 0);
        return CudaResult.NotSupported;
    }

    /// <inheritdoc/>
    public CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function) =>
        cuFuncGetAttribute(out value, attribute, function);

    /// <inheritdoc/>
    public CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value) =>
        cuFuncSetAttribute(function, attribute, value);

    /// <inheritdoc/>
    public CudaResult LaunchKernel(nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, nint stream, void** parameters) =>
        cuLaunchKernel(function, grid.X, grid.Y, grid.Z, block.X, block.Y, block.Z, sharedBytes, stream, parameters, null);

    // PTX is text and ends in a zero; a cubin says its size itself and does not mind one more byte.
    private static byte[] Terminated(ReadOnlySpan<byte> image)
    {
        byte[] copy = new byte[image.Length + 1];
        image.CopyTo(copy);
        return copy;
    }

    private static string Text(byte[] buffer)
    {
        int end = Array.IndexOf(buffer, (byte)0);
        return Encoding.UTF8.GetString(buffer, 0, end < 0 ? buffer.Length : end).Trim();
    }
}
