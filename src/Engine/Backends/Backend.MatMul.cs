using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// Matrix product y = f(op(a)·op(b) + bias), or y += op(a)·op(b), where op transposes the last two axes or does
    /// nothing. Bias and activation f are optional.
    /// </summary>
    /// <param name="a">M×K, or K×M when transposed; or a batch of such: B×M×K.</param>
    /// <param name="b">K×N, or N×K when transposed; a batch, or one matrix shared by the whole batch.</param>
    /// <param name="y">M×N, or B×M×N.</param>
    /// <param name="transposeA">Whether a is given transposed.</param>
    /// <param name="transposeB">Whether b is given transposed.</param>
    /// <param name="bias">N numbers added to every row of the product, or null.</param>
    /// <param name="accumulate">Adds the product to what y holds instead of overwriting it; without bias and activation.</param>
    /// <param name="activation">f, or null for none: what a layer would apply to the product next, without another pass over memory.</param>
    public abstract void MatMul(
        Tensor a,
        Tensor b,
        Tensor y,
        bool transposeA = false,
        bool transposeB = false,
        Tensor? bias = null,
        bool accumulate = false,
        Activation? activation = null);
}
