namespace Native.Kernels.CuDnn;

/// <summary>Turns result codes into exceptions.</summary>
internal static class CuDnnCheck
{
    /// <summary>Does nothing for Success; otherwise throws.</summary>
    /// <param name="status">What came back.</param>
    /// <param name="call">The function.</param>
    /// <param name="arguments">Its arguments; put into words only where they are needed.</param>
    /// <exception cref="CuDnnException">The call failed.</exception>
    public static void Check<T>(CuDnnStatus status, string call, in T arguments)
    {
        if (status != CuDnnStatus.Success)
        {
            throw new CuDnnException(status, call, arguments?.ToString() ?? "");
        }
    }
}
