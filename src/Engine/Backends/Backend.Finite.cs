using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>Adds to a counter how many elements of the tensors are infinite or NaN.</summary>
    /// <remarks>With the counter as the guard of an optimizer's step, a step that went wrong changes no parameter, and nobody has to wait for the device in between.</remarks>
    /// <param name="tensors">Float32 or Float64, all of one type.</param>
    /// <param name="count">Int32 [], added to.</param>
    public abstract void CountNonFinite(ReadOnlySpan<Tensor> tensors, Tensor count);
}
