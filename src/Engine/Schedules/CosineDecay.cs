namespace Engine.Schedules;

/// <summary>From a first rate down to zero along half a cosine: η(p) = η₀·(1 + cos π·p) / 2.</summary>
/// <remarks>
/// Large steps while there is far to go, small ones to settle at the end; no moment to choose in between. (Loshchilov
/// and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, equation 5 without restarts.)
/// </remarks>
public sealed class CosineDecay : Schedule
{
    private readonly double initialRate;

    /// <summary>A decay from a rate.</summary>
    /// <param name="initialRate">η₀ &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not a positive number.</exception>
    public CosineDecay(double initialRate)
    {
        if (!(initialRate > 0 && double.IsFinite(initialRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(initialRate), initialRate, "A learning rate is a positive number.");
        }

        this.initialRate = initialRate;
    }

    /// <inheritdoc/>
    public override double Rate(double progress) => initialRate * (1 + Math.Cos(Math.PI * progress)) / 2;

    /// <inheritdoc/>
    public override string ToString() => $"cosine decay from {initialRate}";
}
