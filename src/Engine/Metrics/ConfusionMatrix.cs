using Engine.Tensors;

namespace Engine.Metrics;

/// <summary>How often each class was taken for each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">The number of classes, at least 1.</param>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Classes = classes;
        counts = new long[classes, classes];
    }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>How many predictions were counted.</summary>
    public long Total { get; private set; }

    /// <summary>How many samples of class <paramref name="actual"/> were taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => counts[actual, predicted];

    /// <summary>The fraction of predictions that were right; NaN when nothing was counted.</summary>
    public double Accuracy
    {
        get
        {
            long right = 0;
            for (int c = 0; c < Classes; c++)
            {
                right += counts[c, c];
            }

            return (double)right / Total;
        }
    }

    /// <summary>Counts a batch.</summary>
    /// <param name="scores">N×C, the largest of a row being the prediction; or N×1, where above <paramref name="threshold"/> means class 1 of two.</param>
    /// <param name="labels">Int32 of shape N; or one-hot rows, N×C; or N×1 of 0 and 1.</param>
    /// <param name="threshold">Where the two classes of an N×1 score meet: 0 for logits, 0.5 for probabilities.</param>
    /// <exception cref="ShapeException">Scores and labels do not fit together, or the matrix, or a label has no class.</exception>
    public void Add(Tensor scores, Tensor labels, double threshold = 0)
    {
        (scores, labels) = (scores.To(Device.Cpu), labels.To(Device.Cpu));
        Predictions.Check(scores, labels);
        if (Predictions.Classes(scores.Shape) != Classes)
        {
            throw new ShapeException($"Scores {scores.Shape} choose between {Predictions.Classes(scores.Shape)} classes, the matrix has {Classes}.");
        }

        for (int i = 0; i < scores.Shape[0]; i++)
        {
            counts[Predictions.Actual(labels, i), Predictions.Predicted(scores, i, threshold)]++;
            Total++;
        }
    }
}
