namespace Native.Kernels.CuDnn;

/// <summary>
/// Convolution of one shape, forward and backward: descriptors made and algorithms chosen once, then used at every step.
/// </summary>
/// <remarks>
/// <para>
/// <b>Which algorithm.</b> The library can time its algorithms for a shape (cudnnFind…) or estimate the fastest
/// (cudnnGet…_v7). Timing may choose differently from run to run, and so give different last bits; it takes device memory and
/// cannot be captured. The estimate depends on shape, device and version alone, so a seed reproduces a run: it is what is
/// used. Of what it offers, only algorithms are taken that give the same bits every time.
/// </para>
/// <para>
/// <b>Precision.</b> On Float32 "multiply-add" math keeps to Float32. The library's default math may use TF32 from the
/// Ampere devices on. (NVIDIA, "cuDNN backend API", cudnnMathType_t.) BFloat16 means TF32 here: cuDNN converts Float32 to
/// nothing shorter but 16-bit floats, whose range is too small for gradients.
/// </para>
/// </remarks>
public sealed unsafe partial class CuDnnConvolution : IDisposable
{
    /// <summary>The most workspace a direction may take unless said otherwise, in bytes.</summary>
    public const long DefaultWorkspaceLimit = 256L << 20;

    private readonly CuDnnHandle handle;
    private readonly CuDnnDataType type;
    private readonly CuDnnMathType math;
    private readonly nuint workspaceLimit;
    private readonly TensorDescriptor x, y, bias;
    private readonly FilterDescriptor w;
    private readonly Lazy<ActivationDescriptor> relu = new(() => new ActivationDescriptor(CuDnnActivationMode.Relu));
    private readonly Lazy<Direction> forward, backwardData, backwardFilter;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="handle">The library.</param>
    /// <param name="type">The type of all its tensors.</param>
    /// <param name="shape">Its sizes; <see cref="Supports"/> tells whether the library has it.</param>
    /// <param name="mode">With which precision Float32 is multiplied.</param>
    /// <param name="workspaceLimit">The most workspace a direction may take, in bytes.</param>
    /// <exception cref="ArgumentException">The library has no such convolution.</exception>
    public CuDnnConvolution(
        CuDnnHandle handle,
        CuDnnDataType type,
        in ConvolutionShape shape,
        MatrixMode mode = MatrixMode.Float32,
        long workspaceLimit = DefaultWorkspaceLimit)
    {
        ArgumentNullException.ThrowIfNull(handle);
        if (!Supports(shape))
        {
            throw new ArgumentException($"cuDNN has no convolution {shape}: padding must be alike on both sides, groups divide the channels, sizes be positive.");
        }

        this.handle = handle;
        this.type = type;
        this.workspaceLimit = (nuint)workspaceLimit;
        math = type == CuDnnDataType.Float32 && mode == MatrixMode.Float32 ? CuDnnMathType.MultiplyAdd : CuDnnMathType.Default;
        Shape = shape;
        x = new TensorDescriptor(type, shape.Input);
        w = new FilterDescriptor(type, shape.Weights);
        y = new TensorDescriptor(type, shape.Output);
        bias = new TensorDescriptor(type, new TensorShape(1, shape.K, 1, 1));
        forward = new(ChooseForward);
        backwardData = new(ChooseBackwardData);
        backwardFilter = new(ChooseBackwardFilter);
    }

    /// <summary>Its sizes.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Workspace that <see cref="Forward"/> and <see cref="TryForwardBiasRelu"/> need, in bytes.</summary>
    public nuint ForwardWorkspaceBytes => forward.Value.WorkspaceBytes;

    /// <summary>Workspace that <see cref="BackwardData"/> needs, in bytes.</summary>
    public nuint BackwardDataWorkspaceBytes => backwardData.Value.WorkspaceBytes;

    /// <summary>Workspace that <see cref="BackwardFilter"/> needs, in bytes.</summary>
    public nuint BackwardFilterWorkspaceBytes => backwardFilter.Value.WorkspaceBytes;

    /// <summary>
    /// Whether the library has a convolution: it knows groups, strides and dilations, but only padding that is the same on
    /// both sides, zeros, and no empty tensor.
    /// </summary>
    public static bool Supports(in ConvolutionShape shape) =>
        shape is { N: > 0, C: > 0, K: > 0, R: > 0, S: > 0, Groups: > 0, StrideY: > 0, StrideX: > 0, DilationY: > 0, DilationX: > 0 }
        && shape is { PadTop: >= 0, PadLeft: >= 0, OutputH: > 0, OutputW: > 0 }
        && shape.C % shape.Groups == 0
        && shape.K % shape.Groups == 0
        && shape.HasSymmetricPadding;

    /// <summary>Gives the descriptors back.</summary>
    public void Dispose()
    {
        foreach (Lazy<Direction> direction in (Lazy<Direction>[])[forward, backwardData, backwardFilter])
        {
            if (direction.IsValueCreated)
            {
                direction.Value.Descriptor.Dispose();
            }
        }

        if (relu.IsValueCreated)
        {
            relu.Value.Dispose();
        }

        bias.Dispose();
        y.Dispose();
        w.Dispose();
        x.Dispose();
    }

    /// <summary>One of the three operations, ready to run.</summary>
    private sealed record Direction(ConvolutionDescriptor Descriptor, int Algorithm, nuint WorkspaceBytes);
}
