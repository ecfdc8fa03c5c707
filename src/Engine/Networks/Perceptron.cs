using Engine.Tensors;

namespace Engine.Networks;

/// <summary>
/// Rosenblatt's perceptron: a weighted sum and a step. It answers 1 where w·x + b &gt; 0, else 0.
/// </summary>
/// <remarks>
/// The step has no useful derivative, so nothing is propagated back. Instead a rule: leave the weights alone when the
/// answer is right; when it is wrong, move them by the sample itself,
///   w := w + η·(t − y)·x,   b := b + η·(t − y),
/// toward x where 1 was missed and away from it where 1 was wrong. If some line (plane, hyperplane) separates the two
/// classes, this stops making mistakes after finitely many corrections, at most (R/γ)² of them for samples within
/// radius R and margin γ (Novikoff, 1962). XOR has no such line (Minsky and Papert, 1969). (Rosenblatt, 1958; decks P,
/// F, R.)
/// </remarks>
public sealed class Perceptron
{
    private readonly double[] weights;

    /// <summary>A perceptron with zero weights.</summary>
    /// <param name="inputs">How many numbers it looks at, at least 1.</param>
    /// <param name="learningRate">η &gt; 0. From zero weights it only scales them and changes no answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public Perceptron(int inputs, double learningRate = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        weights = new double[inputs];
        LearningRate = learningRate;
    }

    /// <summary>w.</summary>
    public ReadOnlySpan<double> Weights => weights;

    /// <summary>b.</summary>
    public double Bias { get; private set; }

    /// <summary>η.</summary>
    public double LearningRate { get; }

    /// <summary>w·x + b.</summary>
    /// <exception cref="ShapeException">x has another length than w.</exception>
    public double WeightedSum(ReadOnlySpan<double> x)
    {
        if (x.Length != weights.Length)
        {
            throw new ShapeException($"Perceptron: {x.Length} inputs given, {weights.Length} expected.");
        }

        double sum = Bias;
        for (int i = 0; i < x.Length; i++)
        {
            sum += weights[i] * x[i];
        }

        return sum;
    }

    /// <summary>y: 1 where w·x + b &gt; 0, else 0.</summary>
    /// <exception cref="ShapeException">x has another length than w.</exception>
    public int Predict(ReadOnlySpan<double> x) => WeightedSum(x) > 0 ? 1 : 0;

    /// <summary>Shows the perceptron one sample; it corrects itself if its answer is wrong.</summary>
    /// <param name="x">The sample.</param>
    /// <param name="target">t, 0 or 1.</param>
    /// <returns>Whether the answer was right, before the correction.</returns>
    /// <exception cref="ShapeException">x has another length than w.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The target is neither 0 nor 1.</exception>
    public bool Learn(ReadOnlySpan<double> x, int target)
    {
        if (target is not (0 or 1))
        {
            throw new ArgumentOutOfRangeException(nameof(target), target, "A perceptron's target is 0 or 1.");
        }

        int error = target - Predict(x);
        for (int i = 0; i < x.Length; i++)
        {
            weights[i] += LearningRate * error * x[i];
        }

        Bias += LearningRate * error;
        return error == 0;
    }

    /// <summary>Shows every sample once, in order.</summary>
    /// <param name="samples">N×inputs.</param>
    /// <param name="targets">N targets of 0 or 1: Int32, or N×1 of either float type.</param>
    /// <returns>How many answers were wrong.</returns>
    /// <exception cref="ShapeException">The numbers of samples and targets differ.</exception>
    public int LearnEpoch(Tensor samples, Tensor targets)
    {
        int n = samples.Shape[0];
        if (targets.ElementCount != n || samples.ElementCount != n * weights.Length)
        {
            throw new ShapeException(
                $"Perceptron: samples {samples.Shape} and targets {targets.Shape} given, N×{weights.Length} and N expected.");
        }

        int mistakes = 0;
        double[] x = new double[weights.Length];
        for (int row = 0; row < n; row++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                x[i] = samples.GetFlat((row * x.Length) + i);
            }

            mistakes += Learn(x, (int)targets.GetFlat(row)) ? 0 : 1;
        }

        return mistakes;
    }
}
