namespace Native.Kernels.CuDnn;

/// <summary>The sizes of a convolution: of its input, its weights and its window.</summary>
public readonly record struct ConvolutionShape
{
    /// <summary>Images.</summary>
    public required int N { get; init; }

    /// <summary>Channels of the input.</summary>
    public required int C { get; init; }

    /// <summary>Rows of the input.</summary>
    public required int H { get; init; }

    /// <summary>Columns of the input.</summary>
    public required int W { get; init; }

    /// <summary>Channels of the output.</summary>
    public required int K { get; init; }

    /// <summary>Rows of the window.</summary>
    public required int R { get; init; }

    /// <summary>Columns of the window.</summary>
    public required int S { get; init; }

    /// <summary>How far the window moves, in rows.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>How far the window moves, in columns.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>The distance between the rows that the window touches.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>The distance between the columns that the window touches.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Rows of zeros above.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of zeros to the left.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of zeros below.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns of zeros to the right.</summary>
    public int PadRight { get; init; }

    /// <summary>Into how many independent groups the channels are split.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>A convolution whose window moves by 1, without padding, dilation or groups.</summary>
    public ConvolutionShape()
    {
    }

    /// <summary>Rows of the output.</summary>
    public int OutputH => WindowPositions.Count(H, PadTop, PadBottom, R, StrideY, DilationY);

    /// <summary>Columns of the output.</summary>
    public int OutputW => WindowPositions.Count(W, PadLeft, PadRight, S, StrideX, DilationX);

    /// <summary>The input's sizes.</summary>
    public TensorShape Input => new(N, C, H, W);

    /// <summary>The weights' sizes: K×(C/groups)×R×S.</summary>
    public TensorShape Weights => new(K, C / Groups, R, S);

    /// <summary>The output's sizes.</summary>
    public TensorShape Output => new(N, K, OutputH, OutputW);

    /// <summary>
    /// True where the window takes the same positions when the padding below and to the right is what it is above and to
    /// the left, which is all that cuDNN can be told.
    /// </summary>
    public bool HasSymmetricPadding =>
        OutputH == WindowPositions.Count(H, PadTop, PadTop, R, StrideY, DilationY)
        && OutputW == WindowPositions.Count(W, PadLeft, PadLeft, S, StrideX, DilationX);

    /// <summary>"2×3×32×32 ∗ 8×3×5×5, stride 1×1, …".</summary>
    public override string ToString() =>
        $"{Input} ∗ {Weights}, stride {StrideY}×{StrideX}, dilation {DilationY}×{DilationX}, "
        + $"padding {PadTop},{PadLeft},{PadBottom},{PadRight}, groups {Groups}";
}
