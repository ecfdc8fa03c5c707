using Engine.Tensors;

namespace Engine.Metrics;

/// <summary>The fraction of predictions that were right.</summary>
public static class Accuracy
{
    /// <summary>The accuracy of one batch, 0 … 1.</summary>
    /// <inheritdoc cref="ConfusionMatrix.Add" path="/param"/>
    /// <inheritdoc cref="ConfusionMatrix.Add" path="/exception"/>
    public static double Of(Tensor scores, Tensor labels, double threshold = 0) =>
        (double)CountRight(scores, labels, threshold) / scores.Shape[0];

    /// <summary>How many predictions of a batch are right.</summary>
    /// <inheritdoc cref="ConfusionMatrix.Add" path="/param"/>
    /// <inheritdoc cref="ConfusionMatrix.Add" path="/exception"/>
    public static int CountRight(Tensor scores, Tensor labels, double threshold = 0)
    {
        (scores, labels) = (scores.To(Device.Cpu), labels.To(Device.Cpu));
        Predictions.Check(scores, labels);
        int right = 0;
        for (int i = 0; i < scores.Shape[0]; i++)
        {
            if (Predictions.Predicted(scores, i, threshold) == Predictions.Actual(labels, i))
            {
                right++;
            }
        }

        return right;
    }
}
