using Engine.Tensors;

namespace Engine.Metrics;

/// <summary>The fraction of predictions that were right.</summary>
public static class Accuracy
{
    /// <summary>The accuracy of one batch, 0 … 1.</summary>
    /// <inheritdoc cref="ConfusionMatrix.Add" path="/param"/>
    /// <inheritdoc cref="ConfusionMatrix.Add" path="/exception"/>
    public static double Of(Tensor scores, Tensor labels, double threshold = 0)
    {
        ConfusionMatrix matrix = new(Math.Max(2, scores.ElementCount / scores.Shape[0]));
        matrix.Add(scores, labels, threshold);
        return matrix.Accuracy;
    }
}
