using Engine.Tensors;

namespace Engine.Data;

/// <summary>Class labels as rows that are 1 at the label and 0 elsewhere.</summary>
public static class OneHot
{
    /// <summary>Encodes labels: of 10 classes, 3 becomes [0 0 0 1 0 0 0 0 0 0] (deck F).</summary>
    /// <param name="labels">Int32, N numbers in 0 … classes − 1.</param>
    /// <param name="classes">C.</param>
    /// <param name="dtype">The type of the result.</param>
    /// <returns>N×C.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A label is not in 0 … classes − 1.</exception>
    public static Tensor Encode(Tensor labels, int classes, DType dtype = DType.Float32)
    {
        ReadOnlySpan<int> values = labels.AsSpan<int>();
        Tensor rows = Tensor.Zeros([values.Length, classes], dtype);
        for (int n = 0; n < values.Length; n++)
        {
            if ((uint)values[n] >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), $"Label {values[n]} of sample {n} is not in 0 … {classes - 1}.");
            }

            rows.SetFlat((n * classes) + values[n], 1);
        }

        return rows;
    }
}
