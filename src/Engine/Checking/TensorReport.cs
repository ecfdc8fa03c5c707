namespace Engine.Checking;

/// <summary>How the gradient of one tensor compares with difference quotients, element by element.</summary>
/// <param name="Tensor">"x", "prediction", or the parameter's path.</param>
public sealed record TensorReport(string Tensor)
{
    /// <summary>Elements compared.</summary>
    public int Checked { get; internal set; }

    /// <summary>Elements that could not be compared, because no step small enough stayed clear of a kink.</summary>
    public int Skipped { get; internal set; }

    /// <summary>The largest |given − numerical| / max(1, |numerical|).</summary>
    public double WorstError { get; internal set; }

    /// <summary>The largest estimated error of a difference quotient itself, on the same scale: what could not be seen.</summary>
    public double NumericalError { get; internal set; }

    /// <summary>Whether every element compared agrees within its tolerance.</summary>
    public bool Passed { get; internal set; } = true;
}
