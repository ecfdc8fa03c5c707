namespace Native.Kernels.CuDnn;

/// <summary>The sizes of a pooling: of its input and its window.</summary>
public readonly record struct PoolingShape
{
    /// <summary>Images.</summary>
    public required int N { get; init; }

    /// <summary>Channels.</summary>
    public required int C { get; init; }

    /// <summary>Rows of the input.</summary>
    public required int H { get; init; }

    /// <summary>Columns of the input.</summary>
    public required int W { get; init; }

    /// <summary>Rows of the window.</summary>
    public required int KernelY { get; init; }

    /// <summary>Columns of the window.</summary>
    public required int KernelX { get; init; }

    /// <summary>How far the window moves, in rows.</summary>
    public required int StrideY { get; init; }

    /// <summary>How far the window moves, in columns.</summary>
    public required int StrideX { get; init; }

    /// <summary>Rows of padding above.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding to the left.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of padding below.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns of padding to the right.</summary>
    public int PadRight { get; init; }

    /// <summary>Rows of the output.</summary>
    public int OutputH => WindowPositions.Count(H, PadTop, PadBottom, KernelY, StrideY, 1);

    /// <summary>Columns of the output.</summary>
    public int OutputW => WindowPositions.Count(W, PadLeft, PadRight, KernelX, StrideX, 1);

    /// <summary>The input's sizes.</summary>
    public TensorShape Input => new(N, C, H, W);

    /// <summary>The output's sizes.</summary>
    public TensorShape Output => new(N, C, OutputH, OutputW);

    /// <summary>True where the window takes the same positions with the padding above and to the left on both sides.</summary>
    public bool HasSymmetricPadding =>
        OutputH == WindowPositions.Count(H, PadTop, PadTop, KernelY, StrideY, 1)
        && OutputW == WindowPositions.Count(W, PadLeft, PadLeft, KernelX, StrideX, 1);

    /// <summary>"2×3×32×32, window 2×2, stride 2×2, padding 0,0,0,0".</summary>
    public override string ToString() =>
        $"{Input}, window {KernelY}×{KernelX}, stride {StrideY}×{StrideX}, padding {PadTop},{PadLeft},{PadBottom},{PadRight}";
}
