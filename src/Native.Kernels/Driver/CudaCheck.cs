using System.Runtime.CompilerServices;

namespace Native.Kernels.Driver;

/// <summary>Turns result codes into exceptions.</summary>
public static class CudaCheck
{
    /// <summary>Does nothing for Success; otherwise throws, with the arguments in words, which are put together only then.</summary>
    /// <param name="driver">Who was called.</param>
    /// <param name="result">What came back.</param>
    /// <param name="call">The function: "cuMemAlloc".</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="CudaException">The call failed.</exception>
    public static void Check(
        this ICudaDriver driver,
        CudaResult result,
        string call,
        [InterpolatedStringHandlerArgument(nameof(result))] ref ArgumentText arguments)
    {
        if (result != CudaResult.Success)
        {
            throw new CudaException(driver, result, call, arguments.ToString());
        }
    }

    /// <inheritdoc cref="Check(ICudaDriver, CudaResult, string, ref ArgumentText)"/>
    public static void Check(this ICudaDriver driver, CudaResult result, string call)
    {
        if (result != CudaResult.Success)
        {
            throw new CudaException(driver, result, call, "");
        }
    }

    /// <summary>An interpolated string that costs nothing as long as calls succeed.</summary>
    [InterpolatedStringHandler]
    public ref struct ArgumentText
    {
        private DefaultInterpolatedStringHandler text;

        /// <summary>Begins the text where the result is a failure.</summary>
        public ArgumentText(int literalLength, int formattedCount, CudaResult result, out bool wanted)
        {
            wanted = result != CudaResult.Success;
            text = wanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
        }

        /// <summary>Appends a piece of text.</summary>
        public void AppendLiteral(string value) => text.AppendLiteral(value);

        /// <summary>Appends a value.</summary>
        public void AppendFormatted<T>(T value) => text.AppendFormatted(value);

        /// <summary>The text.</summary>
        public override string ToString() => text.ToStringAndClear();
    }
}
