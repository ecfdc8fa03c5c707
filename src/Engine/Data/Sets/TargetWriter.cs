using Engine.Tensors;

namespace Engine.Data;

/// <summary>Writes targets in the form that a loss wants them in.</summary>
internal static class TargetWriter
{
    /// <summary>The shape and type of the targets of a batch in a given format.</summary>
    public static (Shape Shape, DType DType) Describe(Dataset data, int count, TargetFormat format, DType dtype)
    {
        if (!data.HasLabels)
        {
            return format == TargetFormat.AsStored
                ? (data.TargetShape.Prepend(count), dtype)
                : throw new ArgumentException($"Data set '{data.Name}' has target values, not labels; its target format is {TargetFormat.AsStored}.");
        }

        return format switch
        {
            TargetFormat.AsStored => ([count], DType.Int32),
            TargetFormat.OneHot => ([count, data.ClassCount], dtype),
            TargetFormat.Number => ([count, 1], dtype),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a target format."),
        };
    }

    /// <summary>Refuses a tensor that the targets of a batch do not fit in.</summary>
    public static void Check(Dataset data, int count, Tensor targets)
    {
        bool fits = data.HasLabels
            ? targets.DType == DType.Int32
                ? targets.Shape == [count]
                : targets.Shape == [count, data.ClassCount] || targets.Shape == [count, 1]
            : targets.DType.IsFloat() && targets.Shape == data.TargetShape.Prepend(count);
        if (!fits)
        {
            string expected = data.HasLabels
                ? $"Int32 [{count}], or Float32 or Float64 [{count}, {data.ClassCount}] (one-hot) or [{count}, 1] (number)"
                : $"Float32 or Float64 {data.TargetShape.Prepend(count)}";
            throw new ArgumentException($"Targets of data set '{data.Name}' go into {expected}, given {targets.DType} {targets.Shape}.");
        }
    }

    /// <summary>Writes the target in row <paramref name="row"/> of the storage to place <paramref name="position"/> of a batch.</summary>
    public static void Write(Tensor stored, int row, Tensor batch, int position)
    {
        int size = batch.ElementCount / batch.Shape[0];
        if (stored.DType == DType.Int32 && size > 1)
        {
            for (int k = 0; k < size; k++)
            {
                batch.SetFlat((position * size) + k, k == stored.AsSpan<int>()[row] ? 1 : 0);
            }
        }
        else
        {
            Rows.Copy(stored, row, batch, position, size);
        }
    }
}
