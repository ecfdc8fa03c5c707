using System.Numerics;

namespace Engine.Backends;

/// <summary>What is the same for every element of a step of Adam, worked out in double. CUDA kernels take it as it is.</summary>
internal readonly struct AdamConstants<T>(in AdamSettings settings, long step)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public readonly T Beta1 = T.CreateTruncating(settings.Beta1);
    public readonly T OneMinusBeta1 = T.CreateTruncating(1 - settings.Beta1);
    public readonly T Beta2 = T.CreateTruncating(settings.Beta2);
    public readonly T OneMinusBeta2 = T.CreateTruncating(1 - settings.Beta2);

    /// <summary>−η / (1 − β₁ᵗ).</summary>
    public readonly T MinusRate = T.CreateTruncating(-settings.Rate / (1 - Math.Pow(settings.Beta1, step)));

    /// <summary>1 / (1 − β₂ᵗ).</summary>
    public readonly T Correction2 = T.CreateTruncating(1 / (1 - Math.Pow(settings.Beta2, step)));

    public readonly T Epsilon = T.CreateTruncating(settings.Epsilon);
}
