using Engine.Tensors;

namespace Engine.Data;

/// <summary>Where the inputs of a data set lie, row by row.</summary>
internal abstract class SampleStore(int count, Shape sampleShape)
{
    /// <summary>The number of rows.</summary>
    public int Count { get; } = count;

    /// <summary>The shape of one row.</summary>
    public Shape SampleShape { get; } = sampleShape;

    /// <summary>Writes a row into place <paramref name="position"/> of a batch.</summary>
    public abstract void CopyTo(int row, Tensor batch, int position);
}
