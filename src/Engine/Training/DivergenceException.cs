namespace Engine.Training;

/// <summary>
/// The loss, a gradient or a weight has become infinite or NaN: from here on there is nothing to learn. The message says
/// where the first such number came from.
/// </summary>
public sealed class DivergenceException : Exception
{
    /// <summary>What happened.</summary>
    /// <param name="epoch">In which epoch, from 1.</param>
    /// <param name="step">In which step of it, from 1.</param>
    /// <param name="origin">What gave the first non-finite number, such as "the output of Dense 'dense2'".</param>
    /// <param name="learningRate">The learning rate of that step.</param>
    public DivergenceException(int epoch, int step, string origin, double learningRate)
        : base($"Training diverged in epoch {epoch}, step {step}: the first infinite or NaN number is in {origin}. "
            + $"Lower the learning rate (it is {learningRate:G4}), and check that the inputs are normalized.")
    {
        (Epoch, Step, Origin) = (epoch, step, origin);
    }

    /// <summary>In which epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>In which step of it, from 1.</summary>
    public int Step { get; }

    /// <summary>What gave the first non-finite number, such as "the output of Dense 'dense2'".</summary>
    public string Origin { get; }
}
