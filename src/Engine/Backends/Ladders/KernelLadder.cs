using Engine.Tensors;

namespace Engine.Backends.Ladders;

/// <summary>Versions of one operation on one problem, from the textbook's formula to the fastest: each one idea above the one before.</summary>
/// <param name="Operation">"GEMM".</param>
/// <param name="Problem">Sizes and type: "1024×1024×1024, Float32".</param>
/// <param name="Flops">Floating-point operations of one run, counted by the formula.</param>
/// <param name="Bytes">The least memory traffic of one run: every input read and every output written once.</param>
/// <param name="Result">Where every rung puts its result.</param>
/// <param name="Rungs">First the textbook's.</param>
public sealed record KernelLadder(
    string Operation, string Problem, double Flops, double Bytes, Tensor Result, IReadOnlyList<KernelRung> Rungs)
{
    /// <summary>How far an element may lie from the first rung's because sums are rounded in another order; 0: not at all.</summary>
    public double ErrorBound { get; init; }
}

/// <summary>One version of an operation.</summary>
/// <param name="Name">The kernel, or the library that is the ceiling: "gemm_tiled", "cuBLAS".</param>
/// <param name="Idea">What it does better than the one before, in a few words.</param>
/// <param name="Run">Queues it; the result is overwritten.</param>
/// <param name="IsCeiling">True for a vendor's library, which is there to compare with.</param>
public sealed record KernelRung(string Name, string Idea, Action Run, bool IsCeiling = false);
