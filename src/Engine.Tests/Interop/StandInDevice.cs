using System.Runtime.InteropServices;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Tests.Interop;

/// <summary>The stand-in device, ready for work; at the end of a test everything taken from it must have been given back.</summary>
internal sealed unsafe class StandInDevice : IDisposable
{
    private readonly List<IDisposable> memory = [];

    public StandInDevice()
    {
        Context = new CudaContext(NvidiaDriver.Load());
        Stream = Context.CreateStream();
    }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    /// <summary>Device memory with these values.</summary>
    public CudaDeviceVariable<T> Hold<T>(T[] values)
        where T : unmanaged
    {
        CudaDeviceVariable<T> variable = Context.Allocate<T>(values);
        memory.Add(variable);
        return variable;
    }

    /// <summary>Device memory full of NaN.</summary>
    public CudaDeviceVariable<T> Room<T>(int count)
        where T : unmanaged
    {
        CudaDeviceVariable<T> variable = Context.Allocate<T>(count);
        memory.Add(variable);
        return variable;
    }

    /// <summary>Has a stand-in fail at a call from now on; code 0 ends that.</summary>
    public static void Fail(string library, string call, int code)
    {
        string file = library switch
        {
            NativeLibraries.Driver => "libcuda.so.1",
            NativeLibraries.CuBlas => "libcublas.so.13",
            NativeLibraries.CuDnn => "libcudnn.so.9",
            _ => "libnvrtc.so.13",
        };
        nint handle = NativeLibrary.Load(Path.Combine(StandInProcess.Folder, file));
        nint text = Marshal.StringToCoTaskMemUTF8(call);
        ((delegate* unmanaged<nint, int, void>)NativeLibrary.GetExport(handle, "standin_fail"))(text, code);
        Marshal.FreeCoTaskMem(text);
    }

    public void Dispose()
    {
        memory.ForEach(piece => piece.Dispose());
        Stream.Dispose();
        CudaContext context = Context;
        Assert.That(context.Ledger.Open.Where(open => !open.Contains("context", StringComparison.Ordinal)), Is.Empty, "taken and not given back");
        context.Dispose();
    }
}
