using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>
/// One function to check the derivative of, at one point: a layer with an input, or a loss with a prediction and a
/// target. Everything is Float64, and nothing is left to chance: the same case gives the same bits each time.
/// </summary>
public abstract class GradientCase
{
    private protected GradientCase(string subject, string configuration)
    {
        Subject = subject;
        Configuration = configuration;
    }

    /// <summary>What is checked: "Conv2D".</summary>
    public string Subject { get; }

    /// <summary>Its settings and shapes, for messages.</summary>
    public string Configuration { get; }

    /// <summary>The tensors that have a gradient: the input first, then every parameter that learns.</summary>
    public abstract IReadOnlyList<Variable> Variables { get; }

    /// <summary>What the function is known to be, beyond being differentiable.</summary>
    public Traits Traits { get; init; }

    /// <summary>Subject and configuration.</summary>
    public override string ToString() => Configuration.Length == 0 ? Subject : $"{Subject} ({Configuration})";

    /// <summary>The same case, computed on another device or in another type; this one is used up by it.</summary>
    internal abstract GradientCase On(Device device, DType dtype = DType.Float64);

    /// <summary>y, where saved values go to the pass.</summary>
    internal abstract Tensor Forward(Pass pass);

    /// <summary>Adds to the parameters' gradients and returns that of the input.</summary>
    internal abstract Tensor Backward(Tensor v, Pass pass);

    /// <summary>A pass for this case, always with the same random numbers.</summary>
    /// <param name="records">Whether it goes back too.</param>
    /// <param name="pieces">Gets the pieces that kinked layers are on, or null.</param>
    /// <param name="onSignal">Called with the output of every layer on the way forward, and with every ∂L/∂x on the way back, or null.</param>
    internal abstract Pass NewPass(bool records, List<int>? pieces = null, Action<Tensor>? onSignal = null);

    /// <summary>The same function at another input, with the same random numbers.</summary>
    internal abstract GradientCase At(Tensor x);

    /// <summary>The output's shape as announced, or null where it is not.</summary>
    internal abstract Shape? PromisedShape { get; }

    /// <summary>y in lasting memory.</summary>
    internal Tensor Output()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Tensor y = Forward(NewPass(records: false));
        using OutsideScope lasting = StepScope.Outside(Device.Cpu);
        return y.Clone();
    }

    /// <summary>The gradient of ⟨v, y⟩ for every variable, as the code under test gives it, in the variables' order.</summary>
    internal double[][] Gradients(Tensor v)
    {
        ZeroGradients();
        using StepScope step = Device.Cpu.BeginStep();
        Pass pass = NewPass(records: true);
        Forward(pass);
        Tensor dx = Backward(v.Clone(), pass);
        return ReadGradients(dx);
    }

    /// <summary>What the parameters' gradients are now, and the input's, which is given.</summary>
    internal double[][] ReadGradients(Tensor dx)
    {
        if (dx.Shape != Variables[0].Value.Shape || dx.DType != DType.Float64)
        {
            throw new ShapeException($"{Subject}: Backward returns {dx.DType} {dx.Shape}, the input is Float64 {Variables[0].Value.Shape}.");
        }

        return [.. Variables.Select(v => (v.Parameter?.Gradient ?? dx).AsSpan<double>().ToArray())];
    }

    /// <summary>Sets the parameters' gradients to zero.</summary>
    internal void ZeroGradients()
    {
        foreach (Variable variable in Variables)
        {
            variable.Parameter?.ZeroGradient();
        }
    }
}
