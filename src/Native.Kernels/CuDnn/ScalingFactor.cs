namespace Native.Kernels.CuDnn;

/// <summary>
/// The library's α and β, result = α·operation + β·what was there: a float in main memory for Float32 tensors, a double for
/// Float64.
/// </summary>
/// <remarks>A value of either width is kept in the first bytes of a number, whose address is what is handed over.</remarks>
internal static class ScalingFactor
{
    /// <summary>The bytes of a factor.</summary>
    public static long Of(CuDnnDataType type, double value) => type == CuDnnDataType.Float64
        ? BitConverter.DoubleToInt64Bits(value)
        : BitConverter.SingleToUInt32Bits((float)value);
}
