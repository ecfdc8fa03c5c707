using System.Runtime.InteropServices;
using System.Text;
using static Native.Kernels.Nvrtc.NvrtcApi;

namespace Native.Kernels.Nvrtc;

/// <summary>A source text handed to the compiler.</summary>
internal sealed unsafe class NvrtcProgram : SafeHandle
{
    private readonly string name;

    /// <summary>Hands over a source text and the headers that it may include.</summary>
    public NvrtcProgram(KernelSource source)
        : base(0, ownsHandle: true)
    {
        name = source.Name;
        string[] headerNames = [.. source.Headers.Keys.Order(StringComparer.Ordinal)];
        using Utf8Strings headers = new(headerNames.Select(header => source.Headers[header]));
        using Utf8Strings includes = new(headerNames);
        using Utf8Strings text = new([source.Text, source.Name]);
        NvrtcResult result = nvrtcCreateProgram(
            out nint program, text.Pointers[0], text.Pointers[1], headerNames.Length, headers.Pointers, includes.Pointers);
        Check(result, "nvrtcCreateProgram");
        SetHandle(program);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Compiles.</summary>
    /// <returns>What the compiler said: warnings, mostly nothing.</returns>
    /// <exception cref="NvrtcException">The source has mistakes.</exception>
    public string Compile(IReadOnlyList<string> options)
    {
        using Utf8Strings texts = new(options);
        NvrtcResult result = nvrtcCompileProgram(this, options.Count, texts.Pointers);
        string log = ReadLog();
        return result == NvrtcResult.Success
            ? log
            : throw new NvrtcException(result, "nvrtcCompileProgram", $"{name}, {string.Join(' ', options)}", log);
    }

    /// <summary>The PTX, which ends in a zero.</summary>
    public byte[] ReadPtx()
    {
        Check(nvrtcGetPTXSize(this, out nuint bytes), "nvrtcGetPTXSize");
        byte[] ptx = new byte[bytes];
        fixed (byte* first = ptx)
        {
            Check(nvrtcGetPTX(this, first), "nvrtcGetPTX");
        }

        return ptx;
    }

    /// <summary>The machine code; empty where none was asked for.</summary>
    public byte[] ReadCubin()
    {
        Check(nvrtcGetCUBINSize(this, out nuint bytes), "nvrtcGetCUBINSize");
        byte[] cubin = new byte[bytes];
        if (bytes > 0)
        {
            fixed (byte* first = cubin)
            {
                Check(nvrtcGetCUBIN(this, first), "nvrtcGetCUBIN");
            }
        }

        return cubin;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => nvrtcDestroyProgram(ref handle) == NvrtcResult.Success;

    private string ReadLog()
    {
        Check(nvrtcGetProgramLogSize(this, out nuint bytes), "nvrtcGetProgramLogSize");
        byte[] log = new byte[bytes + 1];
        fixed (byte* first = log)
        {
            Check(nvrtcGetProgramLog(this, first), "nvrtcGetProgramLog");
        }

        return Encoding.UTF8.GetString(log, 0, Array.IndexOf(log, (byte)0)).Trim();
    }

    private void Check(NvrtcResult result, string call)
    {
        if (result != NvrtcResult.Success)
        {
            throw new NvrtcException(result, call, name);
        }
    }
}
