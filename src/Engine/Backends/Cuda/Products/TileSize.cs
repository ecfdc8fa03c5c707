namespace Engine.Backends.Cuda;

/// <summary>A tile that one block of threads computes, as <c>kernels/tiles.h</c> defines it.</summary>
/// <param name="Name">As in the kernels' names: "large".</param>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Columns">Columns of the result.</param>
/// <param name="Depth">How much of the sum it goes through in one step.</param>
/// <param name="Threads">Threads of the block.</param>
/// <param name="Efficiency">Which part of a multiprocessor's arithmetic it employs, about: the larger, the fewer reads per product.</param>
internal sealed record TileSize(string Name, int Rows, int Columns, int Depth, int Threads, double Efficiency)
{
    /// <summary>128×128.</summary>
    public static TileSize Large { get; } = new("large", 128, 128, 8, 256, 0.85);

    /// <summary>64×64.</summary>
    public static TileSize Medium { get; } = new("medium", 64, 64, 16, 128, 0.6);

    /// <summary>32×32.</summary>
    public static TileSize Small { get; } = new("small", 32, 32, 32, 256, 0.4);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TileSize> All { get; } = [Large, Medium, Small];

    /// <summary>The kernel for a·b.</summary>
    public string Nn { get; } = $"gemm_{Name}_nn";

    /// <summary>The kernel for a·bᵀ.</summary>
    public string Nt { get; } = $"gemm_{Name}_nt";

    /// <summary>The kernel for aᵀ·b.</summary>
    public string Tn { get; } = $"gemm_{Name}_tn";

    /// <summary>The kernel for aᵀ·bᵀ.</summary>
    public string Tt { get; } = $"gemm_{Name}_tt";

    /// <summary>The kernel for convolution.</summary>
    public string ConvolutionForward { get; } = $"convolution_forward_{Name}";

    /// <summary>The kernel for its gradient in the input.</summary>
    public string ConvolutionBackwardData { get; } = $"convolution_backward_data_{Name}";

    /// <summary>The kernel for its gradient in the weights.</summary>
    public string ConvolutionBackwardWeights { get; } = $"convolution_backward_weights_{Name}";

    /// <summary>Tiles that cover a result.</summary>
    public long Count(int rows, int columns) => (((long)rows + Rows - 1) / Rows) * (((long)columns + Columns - 1) / Columns);
}
