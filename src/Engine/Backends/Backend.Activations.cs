using Engine.Tensors;

namespace Engine.Backends;

/// <summary>An activation function whose derivative can be written in its own output.</summary>
public enum Activation
{
    /// <summary>Rectifier: y = max(0, x), dy/dx = 1 where y &gt; 0, else 0 (also at the kink x = 0).</summary>
    Relu,

    /// <summary>Logistic: y = 1 / (1 + e⁻ˣ), dy/dx = y·(1 − y).</summary>
    Logistic,

    /// <summary>Hyperbolic tangent: dy/dx = 1 − y².</summary>
    Tanh,
}

public abstract partial class Backend
{
    /// <summary>y = f(x), element by element.</summary>
    public abstract void ActivationForward(Activation activation, Tensor x, Tensor y);

    /// <summary>dx = g · f′(x), element by element, with f′ written in y = f(x).</summary>
    public abstract void ActivationBackward(Activation activation, Tensor y, Tensor g, Tensor dx);
}
