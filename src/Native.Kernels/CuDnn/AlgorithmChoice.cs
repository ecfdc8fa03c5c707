using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>The algorithm that one direction of a convolution uses.</summary>
/// <param name="Algorithm">Its number among the direction's algorithms.</param>
/// <param name="Math">What it may do to Float32.</param>
internal readonly record struct AlgorithmChoice(int Algorithm, CuDnnMathType Math)
{
    /// <summary>The most results that are asked for: more than any direction has algorithms.</summary>
    public const int Most = 16;

    /// <summary>The first, by the library's estimate the fastest, that gives the same bits every time and is not too greedy.</summary>
    /// <param name="candidates">In the library's order.</param>
    /// <param name="math">What was asked for.</param>
    /// <param name="workspaceLimit">The most memory it may take, in bytes.</param>
    /// <param name="call">Which search this was.</param>
    /// <param name="shape">For which convolution.</param>
    /// <exception cref="CuDnnException">There is none.</exception>
    public static AlgorithmChoice First(
        ReadOnlySpan<AlgorithmPerformance> candidates, CuDnnMathType math, nuint workspaceLimit, string call, in ConvolutionShape shape)
    {
        foreach (ref readonly AlgorithmPerformance candidate in candidates)
        {
            if (candidate.Status == CuDnnStatus.Success
                && candidate.Determinism == CuDnnDeterminism.Yes
                && candidate.WorkspaceBytes <= workspaceLimit
                && IsAllowed(candidate.MathType, math))
            {
                return new AlgorithmChoice(candidate.Algorithm, math == CuDnnMathType.MultiplyAdd ? math : candidate.MathType);
            }
        }

        throw new CuDnnException(
            CuDnnStatus.NotSupported, call, $"{shape}: none of {candidates.Length} algorithms is deterministic within {workspaceLimit} bytes of workspace");
    }

    // Rounding to 16 bits is never wanted; rounding to TF32 only where it was asked for.
    private static bool IsAllowed(CuDnnMathType used, CuDnnMathType wanted) =>
        used != CuDnnMathType.TensorOperationWithConversion
        && (wanted != CuDnnMathType.MultiplyAdd || used != CuDnnMathType.TensorOperation);
}
