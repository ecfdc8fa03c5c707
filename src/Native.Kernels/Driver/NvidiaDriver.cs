using System.Runtime.InteropServices;
using Native.Kernels.Libraries;
using static Native.Kernels.Driver.NvidiaDriverApi;

namespace Native.Kernels.Driver;

/// <summary>NVIDIA's driver: each call goes on to libcuda (nvcuda.dll on Windows).</summary>
public sealed unsafe partial class NvidiaDriver : ICudaDriver
{
    /// <summary>The oldest CUDA version whose driver has every function that is called here: 12.0, driver 525.</summary>
    public const int OldestVersion = 12000;

    private static readonly Lazy<NvidiaDriver> Instance = new(() => new NvidiaDriver());

    private readonly bool hasParameterInfo;
    private readonly bool hasCaptureInfo3;

    private NvidiaDriver()
    {
        NativeLibraries.Require(NativeLibraries.Driver);
        if (cuDriverGetVersion(out int version) != CudaResult.Success || version < OldestVersion)
        {
            throw new NativeLibraryException(
                NativeLibraries.Driver,
                $"The NVIDIA driver serves CUDA {version / 1000}.{version % 1000 / 10}; CUDA 12.0 is needed. Install driver 525 or newer.");
        }

        hasParameterInfo = NativeLibraries.HasFunction(NativeLibraries.Driver, nameof(cuFuncGetParamInfo));
        hasCaptureInfo3 = NativeLibraries.HasFunction(NativeLibraries.Driver, nameof(cuStreamGetCaptureInfo_v3));
    }

    /// <summary>The driver of this machine, loaded at first use.</summary>
    /// <exception cref="NativeLibraryException">There is no driver, or it is too old.</exception>
    public static NvidiaDriver Load() => Instance.Value;

    /// <inheritdoc/>
    public string Name => "NVIDIA driver";

    /// <inheritdoc/>
    public bool IsEmulated => false;

    /// <inheritdoc/>
    public string Describe(CudaResult result)
    {
        string name = cuGetErrorName(result, out byte* nameText) == CudaResult.Success ? Text(nameText) : "";
        string words = cuGetErrorString(result, out byte* wordsText) == CudaResult.Success ? Text(wordsText) : "";
        return name.Length > 0 ? $"{name}: {words}" : $"CUDA error {(int)result}";
    }

    /// <inheritdoc/>
    public CudaResult Init(uint flags) => cuInit(flags);

    /// <inheritdoc/>
    public CudaResult DriverGetVersion(out int version) => cuDriverGetVersion(out version);

    /// <inheritdoc/>
    public CudaResult DeviceGetCount(out int count) => cuDeviceGetCount(out count);

    /// <inheritdoc/>
    public CudaResult DeviceGet(out int device, int ordinal) => cuDeviceGet(out device, ordinal);

    /// <inheritdoc/>
    public CudaResult DeviceGetName(byte* name, int length, int device) => cuDeviceGetName(name, length, device);

    /// <inheritdoc/>
    public CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device) =>
        cuDeviceGetAttribute(out value, attribute, device);

    /// <inheritdoc/>
    public CudaResult DeviceTotalMem(out nuint bytes, int device) => cuDeviceTotalMem_v2(out bytes, device);

    /// <inheritdoc/>
    public CudaResult DevicePrimaryCtxRetain(out nint context, int device) => cuDevicePrimaryCtxRetain(out context, device);

    /// <inheritdoc/>
    public CudaResult DevicePrimaryCtxRelease(int device) => cuDevicePrimaryCtxRelease_v2(device);

    /// <inheritdoc/>
    public CudaResult CtxSetCurrent(nint context) => cuCtxSetCurrent(context);

    /// <inheritdoc/>
    public CudaResult CtxSynchronize() => cuCtxSynchronize();

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
