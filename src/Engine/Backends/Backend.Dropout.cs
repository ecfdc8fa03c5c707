using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// Fills a mask with 0 (probability <paramref name="rate"/>) or 1/(1 − rate): element i is 0 where the uniform number
    /// at position <paramref name="first"/> + i of the Philox stream, (x ≫ 8)·2⁻²⁴, is below the rate.
    /// </summary>
    public abstract void DropoutMask(ulong seed, ulong stream, ulong first, double rate, Tensor mask);
}
