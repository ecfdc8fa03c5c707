using System.Runtime.InteropServices;

namespace Native.Kernels.Nvrtc;

/// <summary>The run-time compiler failed. The message has the mistakes with file and line, <see cref="Log"/> all it said.</summary>
public sealed unsafe class NvrtcException : Exception
{
    private const int LinesInMessage = 8;

    /// <summary>The failure of a call.</summary>
    /// <param name="result">What came back.</param>
    /// <param name="call">The function: "nvrtcCompileProgram".</param>
    /// <param name="arguments">Its arguments, in words.</param>
    /// <param name="log">What the compiler said; empty where it said nothing.</param>
    public NvrtcException(NvrtcResult result, string call, string arguments, string log = "")
        : base(Describe(result, call, arguments, log))
    {
        Result = result;
        Call = call;
        Log = log;
    }

    /// <summary>What came back.</summary>
    public NvrtcResult Result { get; }

    /// <summary>The function that was called.</summary>
    public string Call { get; }

    /// <summary>All that the compiler said: mistakes as "file(line): error: …".</summary>
    public string Log { get; }

    private static string Describe(NvrtcResult result, string call, string arguments, string log)
    {
        string name = Marshal.PtrToStringUTF8((nint)NvrtcApi.nvrtcGetErrorString(result)) ?? $"result {(int)result}";
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] errors = [.. lines.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Take(LinesInMessage)];
        string said = string.Join('\n', errors.Length > 0 ? errors : lines.Take(LinesInMessage));

        // A mistake in the source needs no doctor.
        string advice = result == NvrtcResult.Compilation ? "" : " See `engine doctor`.";
        return $"{call}({arguments}) failed: {name}.{advice}{(said.Length > 0 ? $"\n{said}" : "")}";
    }
}
