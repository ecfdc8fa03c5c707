namespace Engine.Checking;

/// <summary>What a function is known to be. Each trait that holds is an identity that its gradient must obey exactly.</summary>
[Flags]
public enum Traits
{
    /// <summary>Nothing is known.</summary>
    None = 0,

    /// <summary>y is linear in x: ⟨f(u), v⟩ = ⟨u, Backward(v)⟩ for every u, wherever the backward pass was taken.</summary>
    Linear = 1,

    /// <summary>f(t·x) = t·f(x) for t &gt; 0, so by Euler's theorem ⟨f(x), v⟩ = ⟨x, Backward(v)⟩ at x itself: rectifiers, maxima.</summary>
    Homogeneous = 2,

    /// <summary>y is linear in all parameters together: ⟨f(x), v⟩ = Σ ⟨θ, ∂θ⟩.</summary>
    LinearInParameters = 4,

    /// <summary>Reordering the samples of x reorders those of y, and nothing else changes.</summary>
    BatchEquivariant = 8,

    /// <summary>Reordering the channels (axis 1) of x and of every parameter reorders those of y.</summary>
    ChannelEquivariant = 16,

    /// <summary>Adding one number to all of a row (last axis) of x changes nothing: each row of ∂x sums to 0.</summary>
    IgnoresRowShift = 32,

    /// <summary>Adding one number to all of a channel (axis 1) of x changes nothing: each channel of ∂x sums to 0.</summary>
    IgnoresChannelShift = 64,
}
