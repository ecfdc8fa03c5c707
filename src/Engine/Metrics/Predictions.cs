using Engine.Tensors;

namespace Engine.Metrics;

/// <summary>Reads classes off scores and labels.</summary>
internal static class Predictions
{
    /// <summary>The number of classes that scores of a shape choose between: two for N×1.</summary>
    public static int Classes(Shape scores) => Math.Max(2, scores.ElementCount / scores[0]);

    /// <summary>Refuses scores and labels of which not every pair can be read.</summary>
    public static void Check(Tensor scores, Tensor labels)
    {
        int classes = Classes(scores.Shape);
        if (labels.DType == DType.Int32 ? labels.ElementCount != scores.Shape[0] : labels.Shape != scores.Shape)
        {
            throw new ShapeException($"Scores {scores.Shape} and labels {labels.DType} {labels.Shape} do not fit together over {classes} classes.");
        }

        if (labels.DType == DType.Int32)
        {
            foreach (int label in labels.AsSpan<int>())
            {
                if ((uint)label >= (uint)classes)
                {
                    throw new ShapeException($"Scores {scores.Shape} choose between classes 0 to {classes - 1}, a label is {label}.");
                }
            }
        }
    }

    /// <summary>The class that a row of scores chooses: the place of its largest, the first of equals.</summary>
    public static int Predicted(Tensor scores, int row, double threshold) => scores.DType switch
    {
        DType.Float32 => Largest<float>(scores, row, threshold),
        DType.Float64 => Largest<double>(scores, row, threshold),
        _ => Largest<int>(scores, row, threshold),
    };

    /// <summary>The class that a label names.</summary>
    public static int Actual(Tensor labels, int row) =>
        labels.DType == DType.Int32 ? labels.AsSpan<int>()[row] : Predicted(labels, row, 0.5);

    private static int Largest<T>(Tensor rows, int row, double threshold)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int columns = rows.ElementCount / rows.Shape[0];
        ReadOnlySpan<T> scores = rows.AsSpan<T>().Slice(row * columns, columns);
        if (columns == 1)
        {
            return double.CreateChecked(scores[0]) > threshold ? 1 : 0;
        }

        int best = 0;
        for (int c = 1; c < columns; c++)
        {
            if (scores[c] > scores[best])
            {
                best = c;
            }
        }

        return best;
    }
}
