namespace Native.Kernels.CuDnn;

/// <summary>The sizes of an N×C×H×W tensor.</summary>
/// <param name="N">Images.</param>
/// <param name="C">Channels.</param>
/// <param name="H">Rows.</param>
/// <param name="W">Columns.</param>
public readonly record struct TensorShape(int N, int C, int H, int W)
{
    /// <summary>"2×3×32×32".</summary>
    public override string ToString() => $"{N}×{C}×{H}×{W}";
}
