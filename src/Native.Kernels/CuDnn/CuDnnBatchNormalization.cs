using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

/// <summary>Batch normalization of each channel over batch and positions, m = N·H·W values in all.</summary>
/// <remarks>
/// <para>
/// The library saves, for its own backward pass, the mean μ and 1/√(σ² + ε), where σ² is the biased variance (divided by m).
/// From that comes σ² = 1/s² − ε, at a cost: what is far smaller than ε is lost in the difference. Where σ² itself is wanted,
/// let the library keep "running" statistics with a factor of 1, which makes them those of this batch: mean, and the unbiased
/// variance v (divided by m − 1), so that σ² = v·(m − 1)/m without cancellation; for m = 1, σ² = 0. The running buffers are
/// multiplied by 1 − factor = 0 first and must therefore hold finite numbers.
/// </para>
/// <para>(NVIDIA, "cuDNN backend API", cudnnBatchNormalizationForwardTraining; Ioffe and Szegedy, 2015, algorithm 1.)</para>
/// </remarks>
public sealed unsafe class CuDnnBatchNormalization : IDisposable
{
    private readonly CuDnnHandle handle;
    private readonly CuDnnDataType type;
    private readonly TensorShape shape;
    private readonly TensorDescriptor tensor, channels;

    /// <summary>Prepares a batch normalization.</summary>
    /// <param name="handle">The library.</param>
    /// <param name="type">The type of all tensors.</param>
    /// <param name="shape">The input's sizes; N×C is N×C×1×1.</param>
    public CuDnnBatchNormalization(CuDnnHandle handle, CuDnnDataType type, in TensorShape shape)
    {
        ArgumentNullException.ThrowIfNull(handle);
        this.handle = handle;
        this.type = type;
        this.shape = shape;
        tensor = new TensorDescriptor(type, shape);
        channels = new TensorDescriptor(type, new TensorShape(1, shape.C, 1, 1));
    }

    /// <summary>y = γ·(x − μ)/√(σ² + ε) + β with the batch's own μ and σ².</summary>
    /// <param name="x">Device address of the input.</param>
    /// <param name="gamma">Device address of γ: C numbers.</param>
    /// <param name="beta">Device address of β: C numbers.</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="y">Device address of the output; overwritten.</param>
    /// <param name="savedMean">Device address of C numbers: μ.</param>
    /// <param name="savedInverseDeviation">Device address of C numbers: 1/√(σ² + ε).</param>
    /// <param name="runningMean">Device address of C finite numbers that become μ; 0 with the next for neither.</param>
    /// <param name="runningVariance">Device address of C finite numbers that become the unbiased variance.</param>
    public void ForwardTraining(
        nint x, nint gamma, nint beta, double epsilon, nint y, nint savedMean, nint savedInverseDeviation, nint runningMean = 0, nint runningVariance = 0)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnBatchNormalizationForwardTraining(
            handle,
            CuDnnBatchNormMode.Spatial,
            &one,
            &zero,
            tensor,
            x,
            tensor,
            y,
            channels,
            gamma,
            beta,
            1,
            runningMean,
            runningVariance,
            epsilon,
            savedMean,
            savedInverseDeviation);
        CuDnnCheck.Check(status, "cudnnBatchNormalizationForwardTraining", shape);
    }

    /// <summary>y = γ·(x − μ)/√(σ² + ε) + β with μ and σ² given.</summary>
    /// <param name="x">Device address of the input.</param>
    /// <param name="gamma">Device address of γ.</param>
    /// <param name="beta">Device address of β.</param>
    /// <param name="mean">Device address of μ.</param>
    /// <param name="variance">Device address of σ².</param>
    /// <param name="epsilon">ε ≥ 0.</param>
    /// <param name="y">Device address of the output; overwritten.</param>
    public void ForwardInference(nint x, nint gamma, nint beta, nint mean, nint variance, double epsilon, nint y)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnBatchNormalizationForwardInference(
            handle, CuDnnBatchNormMode.Spatial, &one, &zero, tensor, x, tensor, y, channels, gamma, beta, mean, variance, epsilon);
        CuDnnCheck.Check(status, "cudnnBatchNormalizationForwardInference", shape);
    }

    /// <summary>dx = ∂L/∂x, dγ += ∂L/∂γ, dβ += ∂L/∂β, after <see cref="ForwardTraining"/>.</summary>
    /// <param name="x">Device address of the input of the forward pass.</param>
    /// <param name="g">Device address of ∂L/∂y.</param>
    /// <param name="gamma">Device address of γ.</param>
    /// <param name="epsilon">The forward pass's ε.</param>
    /// <param name="savedMean">What the forward pass saved; 0 with the next to have both computed again from x.</param>
    /// <param name="savedInverseDeviation">What the forward pass saved.</param>
    /// <param name="dx">Device address of the input's gradient; overwritten.</param>
    /// <param name="dgamma">Device address of γ's gradient; the library has no way to leave it out.</param>
    /// <param name="dbeta">Device address of β's gradient.</param>
    /// <param name="accumulate">True: dγ and dβ are added to. False: overwritten.</param>
    public void Backward(
        nint x, nint g, nint gamma, double epsilon, nint savedMean, nint savedInverseDeviation, nint dx, nint dgamma, nint dbeta, bool accumulate = true)
    {
        handle.Context.MakeCurrent();
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnBatchNormalizationBackward(
            handle,
            CuDnnBatchNormMode.Spatial,
            &one,
            &zero,
            &one,
            accumulate ? &one : &zero,
            tensor,
            x,
            tensor,
            g,
            tensor,
            dx,
            channels,
            gamma,
            dgamma,
            dbeta,
            epsilon,
            savedMean,
            savedInverseDeviation);
        CuDnnCheck.Check(status, "cudnnBatchNormalizationBackward", shape);
    }

    /// <summary>Gives the descriptors back.</summary>
    public void Dispose()
    {
        channels.Dispose();
        tensor.Dispose();
    }
}
