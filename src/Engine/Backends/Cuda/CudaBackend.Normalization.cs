using System.Runtime.CompilerServices;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    /// <remarks>
    /// One launch where a channel is small enough for a block. Statistics are found in one pass, parts joined by means and
    /// squared deviations: Σx² − (Σx)² would cancel.
    /// </remarks>
    public override void BatchNormalizationForward(
        Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance, Activation? activation = null)
    {
        Require.BatchNormalization(x, gamma, beta, y, mean, variance);
        ChannelShape shape = ChannelShape.Of(x.Shape);
        if (shape.Parts == 1)
        {
            BatchNormalize("batch_norm_one_read", shape, x, gamma, beta, epsilon, y, mean, variance);
            ActivateInPlace(activation, y);
            return;
        }

        Tensor parts = Scratch([3, shape.Parts, shape.Channels], x.DType);
        Launch("normalization", "batch_norm_moments", x.DType, shape.Blocks, shape.Threads, 0, At(x), At(parts), KernelArgument.Structure(&shape));
        Launch(
            "normalization", "batch_norm_apply", x.DType, shape.Blocks, shape.Threads, 0,
            At(x), At(gamma), At(beta), Scalar(x.DType, epsilon), At(parts), At(y), At(mean), At(variance), KernelArgument.Structure(&shape));
        ActivateInPlace(activation, y);
    }

    /// <inheritdoc/>
    public override void BatchNormalizationInference(
        Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon, Tensor y, Activation? activation = null)
    {
        Require.BatchNormalization(x, gamma, beta, y, mean, variance);
        ChannelShape shape = ChannelShape.Split(x.Shape);
        Launch(
            "normalization", "batch_norm_inference", x.DType, shape.Blocks, shape.Threads, 0,
            At(x), At(gamma), At(beta), At(mean), At(variance), Scalar(x.DType, epsilon), At(y), KernelArgument.Structure(&shape));
        ActivateInPlace(activation, y);
    }

    /// <inheritdoc/>
    public override void BatchNormalizationBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation = null,
        Tensor? y = null,
        Activation? before = null) =>
        BatchNormalizationBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, activation, y, before, constantStatistics: false);

    /// <inheritdoc/>
    public override void BatchNormalizationInferenceBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation = null,
        Tensor? y = null,
        Activation? before = null) =>
        BatchNormalizationBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, activation, y, before, constantStatistics: true);

    /// <summary>One launch that does all of the forward pass, a block per channel.</summary>
    internal void BatchNormalize(
        string kernel, ChannelShape shape, Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y, Tensor mean, Tensor variance) =>
        Launch(
            "normalization", kernel, x.DType, shape.Blocks, shape.Threads, shape.Threads * x.DType.Size(),
            At(x), At(gamma), At(beta), Scalar(x.DType, epsilon), At(y), At(mean), At(variance), KernelArgument.Structure(&shape));

    private void BatchNormalizationBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation,
        Tensor? y,
        Activation? before,
        bool constantStatistics,
        [CallerMemberName] string operation = "")
    {
        Require.BatchNormalizationBackward(x, g, gamma, mean, variance, dx, dgamma, dbeta, activation, y, operation);
        if (activation is { } f)
        {
            Tensor throughActivation = Scratch(g.Shape, g.DType);
            ActivationBackward(f, y!, g, throughActivation);
            g = throughActivation;
        }

        LaunchBackward(x, g, gamma, mean, variance, epsilon, dx, dgamma, dbeta, constantStatistics);
        if (before is { } e)
        {
            ActivationBackward(e, x, dx, dx);
        }
    }

    private void LaunchBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        double epsilon,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        bool constantStatistics)
    {
        ChannelShape shape = ChannelShape.Of(x.Shape);
        KernelArgument e = Scalar(x.DType, epsilon);
        int constant = constantStatistics ? 1 : 0;
        if (shape.Parts == 1)
        {
            Launch(
                "normalization", "batch_norm_backward", x.DType, shape.Blocks, shape.Threads, 0,
                At(x), At(g), At(gamma), At(mean), At(variance), e, At(dx), At(dgamma), At(dbeta), constant, KernelArgument.Structure(&shape));
            return;
        }

        Tensor parts = Scratch([2, shape.Parts, shape.Channels], x.DType);
        Launch(
            "normalization", "batch_norm_backward_sums", x.DType, shape.Blocks, shape.Threads, 0,
            At(x), At(g), At(mean), At(variance), e, At(parts), KernelArgument.Structure(&shape));
        Launch(
            "normalization", "batch_norm_backward_apply", x.DType, shape.Blocks, shape.Threads, 0,
            At(x), At(g), At(gamma), At(mean), At(variance), e, At(parts), At(dx), At(dgamma), At(dbeta), constant, KernelArgument.Structure(&shape));
    }
}
