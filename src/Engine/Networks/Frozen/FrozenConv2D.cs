using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>A convolution with what follows it: y = f(w ∗ x + b), batch normalization in w and b.</summary>
public sealed class FrozenConv2D : FrozenLayer, IFusesAddition
{
    private readonly int channels;
    private readonly int filters;
    private readonly int groups;
    private readonly Size2D kernel;
    private readonly Size2D stride;
    private readonly Size2D dilation;
    private readonly Padding padding;
    private readonly PaddingMode paddingMode;
    private readonly Activation? activation;
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>A convolution.</summary>
    /// <param name="layer">What it is made of.</param>
    /// <param name="scaledWeight">w, or s·w.</param>
    /// <param name="shift">b, or s·(b − μ) + β; null for none.</param>
    /// <param name="activation">f; null for none.</param>
    /// <param name="input">The shape that x will usually have: weights are brought into the form that is fastest for it.</param>
    internal FrozenConv2D(Conv2D layer, Tensor scaledWeight, Tensor? shift, Activation? activation, Shape input)
    {
        (channels, filters, groups) = (layer.InputChannels, layer.Filters, layer.Groups);
        (kernel, stride, dilation) = (layer.Kernel, layer.Stride, layer.Dilation);
        (padding, paddingMode, this.activation) = (layer.Padding, layer.PaddingMode, activation);
        Name = layer.Name;
        weight = Fixed("weight", Backend.Of(scaledWeight).PrepareConvolution(scaledWeight, input, WindowOver(input), groups) ?? scaledWeight);
        bias = shift is null ? null : Fixed("bias", shift);
        Parameters = bias is null ? [weight] : [weight, bias];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    bool IFusesAddition.CanAdd => activation is null;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => OutputOf(input, WindowOver(input));

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) =>
        (long)OutputShape(input).ElementCount * (channels / groups) * kernel.Y * kernel.X;

    /// <inheritdoc/>
    internal override Tensor Forward(Tensor x, Pass pass, Tensor? into)
    {
        RequireInference(pass);
        Window window = WindowOver(x.Shape);
        Tensor y = into ?? new Tensor(OutputOf(x.Shape, window), x.DType, x.Device);
        Backend.Of(x, weight.Value).ConvolutionForward(x, weight.Value, bias?.Value, window, groups, y, activation);
        return y;
    }

    /// <inheritdoc/>
    Tensor IFusesAddition.Forward(Tensor x, Pass pass, Tensor into, Tensor addend, Activation? activation)
    {
        RequireInference(pass);
        Window window = WindowOver(x.Shape);
        Tensor y = x.Piece is { } read && read == into.Piece ? Tensor.Like(into) : into;
        Backend.Of(x, weight.Value).ConvolutionForwardAndAdd(x, weight.Value, bias?.Value, window, groups, addend, y, activation);
        return y;
    }

    private Window WindowOver(Shape input)
    {
        if (input.Rank != 4 || input[1] != channels)
        {
            throw Mismatch($"input is {input}, expected N×{channels}×H×W.");
        }

        Window window = padding.Window((input[2], input[3]), kernel, stride, dilation, paddingMode);
        Size2D output = window.Output((input[2], input[3]));
        return output.Y >= 1 && output.X >= 1
            ? window
            : throw Mismatch($"a window of {window.Extent} does not fit into images of {input[2]}×{input[3]} with padding {padding}.");
    }

    private Shape OutputOf(Shape input, in Window window)
    {
        Size2D output = window.Output((input[2], input[3]));
        return [input[0], filters, output.Y, output.X];
    }
}
