using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>
/// Batch normalization: gives each channel mean 0 and variance 1 over the batch, then a learned scale γ and shift β.
/// </summary>
/// <remarks>
/// Per channel, over the m values of the batch (m = N, or N·H·W for images),
///   μ = mean x,   σ² = mean (x − μ)²,   x̂ = (x − μ) / √(σ² + ε),   y = γ·x̂ + β.
/// With g = ∂L/∂y the parameters get ∂L/∂γ = Σ g·x̂ and ∂L/∂β = Σ g. For x remember that μ and σ² depend on every x of
/// the channel. Let s = 1/√(σ² + ε). Then ∂μ/∂xᵢ = 1/m and ∂σ²/∂xᵢ = 2·(xᵢ − μ)/m, so
///   ∂x̂ⱼ/∂xᵢ = s·(δᵢⱼ − 1/m) − (xⱼ − μ)·s³·(xᵢ − μ)/m = s·(δᵢⱼ − 1/m − x̂ⱼ·x̂ᵢ/m),
/// and summing gⱼ·γ·∂x̂ⱼ/∂xᵢ over j,
///   ∂L/∂xᵢ = γ·s·(gᵢ − mean g − x̂ᵢ·mean(g·x̂)).
/// While training the layer keeps running averages of μ and of the unbiased variance σ²·m/(m − 1); inference uses those,
/// where they are constants and ∂L/∂x = γ·s·g. (Ioffe and Szegedy, 2015, algorithms 1 and 2; deck S.)
/// </remarks>
public sealed class BatchNormalization : ElementwiseLayer, IFusesActivation, IFusesActivationBefore, IRecomputable
{
    /// <summary>A normalization with γ = 1, β = 0, running mean 0 and running variance 1.</summary>
    /// <param name="channels">C, the size of axis 1.</param>
    /// <param name="momentum">How much of the running average each step keeps, 0 … 1; the new value gets the rest.</param>
    /// <param name="epsilon">ε &gt; 0, added to the variance.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public BatchNormalization(int channels, double momentum = 0.9, double epsilon = 1e-5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        if (!(momentum >= 0 && momentum <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "Momentum is in [0, 1].");
        }

        (Channels, Momentum, Epsilon) = (channels, momentum, epsilon);
        Gamma = new Parameter("gamma", Constant(1));
        Beta = new Parameter("beta", Constant(0));
        RunningMean = new Parameter("running_mean", Constant(0), isStatistic: true);
        RunningVariance = new Parameter("running_variance", Constant(1), isStatistic: true);
        Parameters = [Gamma, Beta, RunningMean, RunningVariance];
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>How much of the running average each step keeps.</summary>
    public double Momentum { get; }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    /// <summary>γ: C.</summary>
    public Parameter Gamma { get; }

    /// <summary>β: C.</summary>
    public Parameter Beta { get; }

    /// <summary>The running average of μ: C.</summary>
    public Parameter RunningMean { get; }

    /// <summary>The running average of the unbiased variance: C.</summary>
    public Parameter RunningVariance { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank is 2 or 4 && input[1] == Channels
        ? input
        : throw Mismatch($"input is {input}, expected N×{Channels} or N×{Channels}×H×W.");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass) => Forward(x, pass, activation: null);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Pass pass, Activation? activation)
    {
        Tensor y = new(OutputShape(x.Shape), x.DType, x.Device);
        Backend backend = Backend.Of(x, Gamma.Value);
        if (pass.Mode == Mode.Inference)
        {
            backend.BatchNormalizationInference(
                x, Gamma.Value, Beta.Value, RunningMean.Value, RunningVariance.Value, Epsilon, y, activation);
            pass.Save(x);
            return y;
        }

        int m = x.ElementCount / Channels;
        if (m < 2)
        {
            throw Mismatch($"training needs at least 2 values per channel, input {x.Shape} has {m}. Use a larger batch.");
        }

        Tensor mean = Tensor.Like(Gamma.Value), variance = Tensor.Like(Gamma.Value);
        backend.BatchNormalizationForward(x, Gamma.Value, Beta.Value, Epsilon, y, mean, variance, activation);
        backend.AddScaled(1 - Momentum, mean, Momentum, RunningMean.Value);
        backend.AddScaled((1 - Momentum) * m / (m - 1), variance, Momentum, RunningVariance.Value);
        pass.Save(x);
        pass.Save(mean);
        pass.Save(variance);
        return y;
    }

    /// <inheritdoc/>
    /// <remarks>γ and β are still those of Forward: an optimizer moves them after the way back.</remarks>
    public Tensor Recompute(ReadOnlySpan<Tensor> saved, Activation? activation)
    {
        // While training: x and its statistics.
        Tensor x = saved[0], y = Tensor.Like(x);
        (Tensor mean, Tensor variance) = saved.Length == 1 ? (RunningMean.Value, RunningVariance.Value) : (saved[1], saved[2]);
        Backend.Of(x, Gamma.Value).BatchNormalizationInference(x, Gamma.Value, Beta.Value, mean, variance, Epsilon, y, activation);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass) => Backward(g, pass, activation: null, y: null, before: null);

    Tensor IFusesActivation.Backward(Tensor g, Pass pass, Activation activation, Tensor y) => Backward(g, pass, activation, y, before: null);

    Tensor IFusesActivationBefore.Backward(Tensor g, Pass pass, Activation before) => Backward(g, pass, activation: null, y: null, before);

    // With an activation f after the layer, y is what f gave, and g is multiplied by f′ on the way; with one before it, dx.
    private Tensor Backward(Tensor g, Pass pass, Activation? activation, Tensor? y, Activation? before)
    {
        Tensor? dgamma = Gamma.Learns ? Gamma.Gradient : null, dbeta = Beta.Learns ? Beta.Gradient : null;
        Tensor dx = y is null ? Tensor.Like(g) : pass.Reuse(g);
        Backend backend = Backend.Of(g, Gamma.Value);
        if (pass.Mode == Mode.Inference)
        {
            Tensor input = pass.Restore();
            backend.BatchNormalizationInferenceBackward(
                input, g, Gamma.Value, RunningMean.Value, RunningVariance.Value, Epsilon, dx, dgamma, dbeta, activation, y, before);
            return dx;
        }

        Tensor variance = pass.Restore(), mean = pass.Restore(), x = pass.Restore();
        backend.BatchNormalizationBackward(x, g, Gamma.Value, mean, variance, Epsilon, dx, dgamma, dbeta, activation, y, before);
        return dx;
    }

    private Tensor Constant(double value)
    {
        Tensor tensor = new([Channels]);
        Backend.Of(tensor).Fill(value, tensor);
        return tensor;
    }
}
