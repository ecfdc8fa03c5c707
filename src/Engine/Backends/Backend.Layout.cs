using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>Reorders axes: axis i of y is axis axes[i] of x.</summary>
    public abstract void Permute(Tensor x, ReadOnlySpan<int> axes, Tensor y);

    /// <summary>Copies the part of x that begins at <paramref name="start"/> along an axis and is as long as y there.</summary>
    public abstract void Slice(Tensor x, int axis, int start, Tensor y);

    /// <summary>Copies x into the part of y that begins at <paramref name="start"/> along an axis.</summary>
    public abstract void Place(Tensor x, int axis, int start, Tensor y);
}
