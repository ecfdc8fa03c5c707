using Engine.Metrics;

namespace Engine.Training;

/// <summary>How well a network does on a data set.</summary>
/// <param name="Samples">The size of the set.</param>
/// <param name="Loss">The mean loss over it.</param>
/// <param name="Confusion">How often each class was taken for each; null for regression.</param>
public sealed record Evaluation(int Samples, double Loss, ConfusionMatrix? Confusion)
{
    /// <summary>The fraction classified rightly, 0 … 1; null for regression.</summary>
    public double? Accuracy => Confusion?.Accuracy;
}
