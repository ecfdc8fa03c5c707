namespace Engine.Checking.Checks;

/// <summary>A sum, and the sum of the absolute values of its terms, which rounding errors are relative to.</summary>
internal readonly record struct Sum(double Value, double Magnitude)
{
    public static Sum operator +(Sum a, Sum b) => new(a.Value + b.Value, a.Magnitude + b.Magnitude);

    /// <summary>⟨a, b⟩ = Σ aᵢ·bᵢ.</summary>
    public static Sum OfProducts(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double value = 0, magnitude = 0;
        for (int i = 0; i < a.Length; i++)
        {
            value += a[i] * b[i];
            magnitude += Math.Abs(a[i] * b[i]);
        }

        return new Sum(value, magnitude);
    }
}
