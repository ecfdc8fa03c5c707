using System.Runtime.InteropServices;

namespace Native.Kernels.CuDnn;

/// <summary>A call of cuDNN failed. The message has the call, its arguments and the library's own text.</summary>
public sealed unsafe class CuDnnException : Exception
{
    /// <summary>The failure of a call.</summary>
    /// <param name="status">What came back.</param>
    /// <param name="call">The function: "cudnnConvolutionForward".</param>
    /// <param name="arguments">Its arguments, in words.</param>
    public CuDnnException(CuDnnStatus status, string call, string arguments)
        : base($"{call}({arguments}) failed: {Describe(status)}. See `engine doctor`.")
    {
        Status = status;
        Call = call;
    }

    /// <summary>What came back.</summary>
    public CuDnnStatus Status { get; }

    /// <summary>The function that was called.</summary>
    public string Call { get; }

    /// <summary>True where the library has nothing for what was asked, and something else has to do it.</summary>
    public bool IsNotSupported => IsUnsupported(Status);

    /// <summary>True for the codes that say: there is nothing for this combination.</summary>
    public static bool IsUnsupported(CuDnnStatus status) => (int)status / 1000 == (int)CuDnnStatus.NotSupported / 1000;

    private static string Describe(CuDnnStatus status)
    {
        const int Length = 512;
        byte* last = stackalloc byte[Length];
        last[0] = 0;
        CuDnnApi.cudnnGetLastErrorString(last, Length);
        string name = Marshal.PtrToStringUTF8((nint)CuDnnApi.cudnnGetErrorString(status)) ?? $"status {(int)status}";
        string words = (Marshal.PtrToStringUTF8((nint)last) ?? "").ReplaceLineEndings(" ").Trim();
        return words.Length > 0 ? $"{name}: {words}" : name;
    }
}
