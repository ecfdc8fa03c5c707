using Engine.Tensors;

namespace Engine.Backends;

/// <summary>A way to make one number of many.</summary>
public enum Reduction
{
    /// <summary>Σ xᵢ.</summary>
    Sum,

    /// <summary>(Σ xᵢ) / n.</summary>
    Mean,

    /// <summary>max xᵢ.</summary>
    Max,
}

public abstract partial class Backend
{
    /// <summary>Reduces one axis of x. y has x's shape without that axis, or with size 1 there.</summary>
    public abstract void Reduce(Reduction reduction, Tensor x, int axis, Tensor y);

    /// <summary>The position of the largest element along an axis, the first of equals. y: Int32, x's shape without that axis.</summary>
    public abstract void ArgMax(Tensor x, int axis, Tensor y);

    /// <summary>
    /// Adds to the gradient of a bias: db[c] += Σ g[n, c, …] over everything but axis 1. g: N×C or N×C×H×W, db: C.
    /// </summary>
    public abstract void AccumulateBiasGradient(Tensor g, Tensor db);
}
