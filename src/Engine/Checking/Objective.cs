using Engine.Tensors;

namespace Engine.Checking;

/// <summary>
/// The number that is differentiated: φ = ⟨v, f⟩, for one v. Knows f at the case's point, and walks along lines through it.
/// </summary>
internal sealed class Objective
{
    private readonly GradientCase subject;
    private readonly double[] v;
    private readonly double[] y;
    private readonly double[] plus;
    private readonly double[] minus;
    private readonly List<int> pieces = [];
    private readonly List<int> piecesThere = [];

    public Objective(GradientCase subject, Tensor v)
    {
        this.subject = subject;
        this.v = v.AsSpan<double>().ToArray();
        (y, plus, minus) = (new double[v.ElementCount], new double[v.ElementCount], new double[v.ElementCount]);
        Evaluate(y, pieces);
        for (int i = 0; i < y.Length; i++)
        {
            Magnitude += Math.Abs(this.v[i] * y[i]);
        }
    }

    /// <summary>Σ|vᵢ·fᵢ|: times the unit roundoff, what rounding can do to φ.</summary>
    public double Magnitude { get; }

    /// <summary>
    /// (φ(x + t·u) − φ(x − t·u)) / 2t, or null where a kink lies between.
    /// </summary>
    public double? CentralQuotient(Variable variable, ReadOnlySpan<double> direction, double t) =>
        Walk(variable, direction, t, plus) && Walk(variable, direction, -t, minus)
            ? Difference(plus, minus) / (2 * t)
            : null;

    /// <summary>φ(x + t·u) − φ(x), or null where a kink lies between.</summary>
    public double? Increment(Variable variable, ReadOnlySpan<double> direction, double t) =>
        Walk(variable, direction, t, plus) ? Difference(plus, y) : null;

    // Subtracting before summing keeps what did not change out of the rounding error.
    private double Difference(double[] to, double[] from)
    {
        double sum = 0;
        for (int i = 0; i < v.Length; i++)
        {
            sum += v[i] * (to[i] - from[i]);
        }

        return sum;
    }

    // f at x + t·u; false when that is on other pieces than x.
    private bool Walk(Variable variable, ReadOnlySpan<double> direction, double t, double[] output)
    {
        Span<double> x = variable.Value.AsSpan<double>();
        double[] before = x.ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += t * direction[i];
        }

        try
        {
            Evaluate(output, piecesThere);
        }
        finally
        {
            before.CopyTo(variable.Value.AsSpan<double>());
        }

        return piecesThere.SequenceEqual(pieces);
    }

    private void Evaluate(double[] output, List<int> piecesHere)
    {
        piecesHere.Clear();
        using StepScope step = Device.Cpu.BeginStep();
        subject.Forward(subject.NewPass(records: false, piecesHere)).AsSpan<double>().CopyTo(output);
    }
}
