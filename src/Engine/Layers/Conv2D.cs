using Engine.Backends;
using Engine.Initializers;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>
/// Two-dimensional convolution: each output channel is a small picture w[k] slid over all input channels.
/// </summary>
/// <remarks>
/// With x: N×C×H×W, w: K×(C/groups)×R×S, b: K, stride (Sy, Sx), dilation (Dy, Dx), padding (Py, Px), and x̃ the padded
/// input,
///   y[n,k,i,j] = b[k] + Σ_c Σ_r Σ_s w[k,c,r,s] · x̃[n, c, i·Sy + r·Dy − Py, j·Sx + s·Dx − Px].
/// Every y is a sum of products w·x̃, so with g = ∂L/∂y
///   ∂L/∂w[k,c,r,s] = Σ_n Σ_i Σ_j g[n,k,i,j] · x̃[n, c, i·Sy + r·Dy − Py, j·Sx + s·Dx − Px],
///   ∂L/∂b[k]       = Σ_n Σ_i Σ_j g[n,k,i,j],
///   ∂L/∂x[n,c,u,v] = the sum of w[k,c,r,s]·g[n,k,i,j] over all products that x[n,c,u,v] took part in.
/// Mathematicians call this cross-correlation: the kernel is not flipped. With mirror padding a pixel near the edge takes
/// part through its mirror image too. (LeCun et al., "Gradient-based learning applied to document recognition", 1998;
/// Dumoulin and Visin, "A guide to convolution arithmetic", 2016; decks F, R.)
/// </remarks>
public sealed class Conv2D : WindowLayer, IFusesActivation
{
    /// <summary>A convolution with random weights and zero biases.</summary>
    /// <param name="inputChannels">C.</param>
    /// <param name="filters">K, output channels.</param>
    /// <param name="kernel">R×S.</param>
    /// <param name="random">Where the weights come from.</param>
    /// <param name="stride">(Sy, Sx); 1 unless said otherwise.</param>
    /// <param name="padding">Valid (none) unless said otherwise.</param>
    /// <param name="dilation">(Dy, Dx); 1 unless said otherwise.</param>
    /// <param name="groups">Into how many groups channels are split that do not see each other; divides C and K.</param>
    /// <param name="paddingMode">Zeros, or the image mirrored at its edge.</param>
    /// <param name="weights">How the weights are drawn; <see cref="GlorotUniform"/> unless said otherwise.</param>
    /// <param name="bias">Whether there is a b.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public Conv2D(
        int inputChannels,
        int filters,
        Size2D kernel,
        Philox random,
        Size2D? stride = null,
        Padding padding = default,
        Size2D? dilation = null,
        int groups = 1,
        PaddingMode paddingMode = PaddingMode.Zero,
        Initializer? weights = null,
        bool bias = true)
        : base(kernel, stride ?? 1, dilation ?? 1, padding, paddingMode)
    {
        if (groups < 1 || inputChannels % groups != 0 || filters % groups != 0)
        {
            throw new ArgumentException($"Groups must divide both channel counts: {groups} groups, {inputChannels} in, {filters} out.");
        }

        InputChannels = inputChannels;
        Filters = filters;
        Groups = groups;
        weights ??= new GlorotUniform();
        Shape shape = [filters, inputChannels / groups, kernel.Y, kernel.X];
        int taps = kernel.Y * kernel.X;
        Fan fan = new(inputChannels / groups * taps, filters / groups * taps);
        Weight = new Parameter("weight", shape, weights.Later(shape, fan, random));
        Bias = bias ? new Parameter("bias", Tensor.Zeros([filters])) : null;
        Parameters = Bias is null ? [Weight] : [Weight, Bias];
    }

    /// <summary>C.</summary>
    public int InputChannels { get; }

    /// <summary>K, output channels.</summary>
    public int Filters { get; }

    /// <summary>Groups of channels that do not see each other.</summary>
    public int Groups { get; }

    /// <summary>w: K×(C/groups)×R×S.</summary>
    public Parameter Weight { get; }

    /// <summary>b: K, or null.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => OutputOf(input, Filters, CheckedWindow(input));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass) => Forward(x, pass, activation: null);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Pass pass, Activation? activation)
    {
        Window window = CheckedWindow(x.Shape);
        Tensor y = new(OutputOf(x.Shape, Filters, window), x.DType, x.Device);
        Backend.Of(x, Weight.Value).ConvolutionForward(x, Weight.Value, Bias?.Value, window, Groups, y, activation);
        pass.Save(x);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor x = pass.Restore();
        Window window = CheckedWindow(x.Shape);
        Backend backend = Backend.Of(g, x);
        if (Weight.Learns)
        {
            Tensor dw = Weight.GradientToWrite(out bool accumulate);
            backend.ConvolutionBackwardWeights(x, g, window, Groups, dw, accumulate, Bias is { Learns: true } ? Bias.Gradient : null);
        }
        else
        {
            Bias?.AccumulateSum(g);
        }

        Tensor dx = Tensor.Like(x);
        if (pass.WantsInputGradient(this))
        {
            backend.ConvolutionBackwardData(Weight.Value, g, window, Groups, dx);
        }

        return dx;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) =>
        (long)OutputShape(input).ElementCount * (InputChannels / Groups) * Kernel.Y * Kernel.X;

    private Window CheckedWindow(Shape input)
    {
        Window window = WindowOver(input);
        return input[1] == InputChannels
            ? window
            : throw Mismatch($"input {input} has {input[1]} channels, weights expect {InputChannels}.");
    }
}
