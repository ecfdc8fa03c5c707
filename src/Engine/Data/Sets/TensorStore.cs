using Engine.Tensors;

namespace Engine.Data;

/// <summary>Numbers of any type, handed out in that type or another float type.</summary>
internal sealed class TensorStore(Tensor values) : SampleStore(CountOf(values), values.Shape.Without(0))
{
    public override void CopyTo(int row, Tensor batch, int position) =>
        Rows.Copy(values, row, batch, position, SampleShape.ElementCount);

    private static int CountOf(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Shape.Rank > 0
            ? values.Shape[0]
            : throw new ArgumentException("The inputs of a data set have the samples along their first axis, given a scalar.");
    }
}
