namespace Engine.Checking;

/// <summary>A derivative found without differentiating, and how far it can be trusted.</summary>
/// <remarks>
/// <para>
/// A central difference D(h) = (φ(x + h) − φ(x − h)) / 2h misses the derivative by c₂h² + c₄h⁴ + c₆h⁶ + …, even powers
/// only. Two steps cancel the first term and three the second (Richardson, 1911):
///   R₁ = (4·D(h/2) − D(h)) / 3,   R₂ = (4·D(h/4) − D(h/2)) / 3,   R₃ = (16·R₂ − R₁) / 15,
/// so R₃ is off by a multiple of h⁶. What the last stage changed is a generous estimate of the error left, and rounding
/// adds at most some ε·Σ|vᵢfᵢ| divided by the smallest step:
///   err = |R₃ − R₂| + 8ε·Σ|vᵢfᵢ| / (h/4).
/// </para>
/// <para>
/// The first step is the power of two nearest to 2·10⁻³·max(1, |x|), so that x ± h is nearly exact. It is halved while a
/// kink lies within reach or the error estimate is too large to tell a right gradient from a wrong one; if that does not
/// help, there is no result, and the caller counts it.
/// </para>
/// </remarks>
internal readonly record struct DifferenceQuotient(double Value, double Error)
{
    private const double FirstStep = 2e-3;
    private const double Epsilon = 1.0 / (1L << 52);

    // A quotient less certain than this, relative to max(1, |value|), would let wrong gradients pass.
    private const double Sharpness = 1e-6;

    /// <summary>How far a right gradient may be from <see cref="Value"/>: 8·err + 10⁻⁹·max(1, |value|).</summary>
    public double Tolerance => (8 * Error) + (1e-9 * Scale);

    /// <summary>max(1, |value|): what errors are relative to.</summary>
    public double Scale => Math.Max(1, Math.Abs(Value));

    /// <summary>How far a gradient is off, relative to max(1, |value|); infinite for NaN.</summary>
    public double RelativeError(double gradient) =>
        double.IsNaN(gradient) ? double.PositiveInfinity : Math.Abs(gradient - Value) / Scale;

    /// <summary>Whether a gradient agrees. NaN does not.</summary>
    public bool Accepts(double gradient) => Math.Abs(gradient - Value) <= Tolerance;

    /// <summary>The derivative along a direction, or null where none can be had.</summary>
    /// <param name="objective">What to differentiate.</param>
    /// <param name="variable">By which tensor.</param>
    /// <param name="direction">Along which direction.</param>
    /// <param name="scale">How large the numbers are that the step is added to.</param>
    /// <param name="halvings">How often the first step may be halved.</param>
    public static DifferenceQuotient? Of(
        Objective objective, Variable variable, ReadOnlySpan<double> direction, double scale, int halvings)
    {
        double h = Math.Pow(2, Math.Round(Math.Log2(FirstStep * Math.Max(1, scale))));
        for (int halving = 0; halving <= halvings; halving++, h /= 2)
        {
            if (objective.CentralQuotient(variable, direction, h) is double d1
                && objective.CentralQuotient(variable, direction, h / 2) is double d2
                && objective.CentralQuotient(variable, direction, h / 4) is double d4)
            {
                double r1 = ((4 * d2) - d1) / 3, r2 = ((4 * d4) - d2) / 3, r3 = ((16 * r2) - r1) / 15;
                DifferenceQuotient quotient = new(r3, Math.Abs(r3 - r2) + (8 * Epsilon * objective.Magnitude / (h / 4)));
                if (8 * quotient.Error <= Sharpness * quotient.Scale)
                {
                    return quotient;
                }
            }
        }

        return null;
    }
}
