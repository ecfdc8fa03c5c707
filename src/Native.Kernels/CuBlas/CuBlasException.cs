using System.Runtime.InteropServices;

namespace Native.Kernels.CuBlas;

/// <summary>A call of cuBLAS failed. The message has the call, its arguments and the library's own text.</summary>
public sealed unsafe class CuBlasException : Exception
{
    /// <summary>The failure of a call.</summary>
    /// <param name="status">What came back.</param>
    /// <param name="call">The function: "cublasSgemm".</param>
    /// <param name="arguments">Its arguments, in words.</param>
    public CuBlasException(CuBlasStatus status, string call, string arguments)
        : base($"{call}({arguments}) failed: {Describe(status)}. See `engine doctor`.")
    {
        Status = status;
        Call = call;
    }

    /// <summary>What came back.</summary>
    public CuBlasStatus Status { get; }

    /// <summary>The function that was called.</summary>
    public string Call { get; }

    private static string Describe(CuBlasStatus status)
    {
        string name = Marshal.PtrToStringUTF8((nint)CuBlasApi.cublasGetStatusName(status)) ?? $"status {(int)status}";
        string words = Marshal.PtrToStringUTF8((nint)CuBlasApi.cublasGetStatusString(status)) ?? "";
        return words.Length > 0 && words != name ? $"{name}: {words}" : name;
    }
}
