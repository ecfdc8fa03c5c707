using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// y[n,k,i,j] = f(b[k] + Σ_c Σ_r Σ_s w[k,c,r,s] · x̃[n, c₀(k) + c, i·Sy + r·Dy − Py, j·Sx + s·Dx − Px]): the
    /// cross-correlation that deep learning calls convolution. x̃ is x continued over its border by zeros or by mirroring.
    /// </summary>
    /// <param name="x">N×C×H×W.</param>
    /// <param name="w">
    /// K×(C/groups)×R×S. With groups, output channel k reads the C/groups channels from c₀(k) on. Or what
    /// <see cref="PrepareConvolution"/> has made of such weights.
    /// </param>
    /// <param name="bias">K numbers, or null.</param>
    /// <param name="window">Kernel size, stride S, dilation D, padding P.</param>
    /// <param name="groups">Into how many independent groups the channels are split; divides C and K.</param>
    /// <param name="y">N×K×Hout×Wout.</param>
    /// <param name="activation">f, or null for none: what a layer would apply next, without another pass over memory.</param>
    public abstract void ConvolutionForward(
        Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y, Activation? activation = null);

    /// <summary>
    /// y = f(w ∗ x + bias + addend): the end of a residual block. A back end that can adds while it has y at hand; here it is
    /// another pass over memory. The sums are the same.
    /// </summary>
    /// <param name="x">As for <see cref="ConvolutionForward"/>.</param>
    /// <param name="w">As there.</param>
    /// <param name="bias">As there.</param>
    /// <param name="window">As there.</param>
    /// <param name="groups">As there.</param>
    /// <param name="addend">N×K×Hout×Wout; it may be y.</param>
    /// <param name="y">N×K×Hout×Wout.</param>
    /// <param name="activation">f, or null for none.</param>
    public virtual void ConvolutionForwardAndAdd(
        Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor addend, Tensor y, Activation? activation = null)
    {
        Tensor convolution = addend.SharesMemoryWith(y) ? Tensor.Like(y) : y;
        ConvolutionForward(x, w, bias, window, groups, convolution);
        Binary(BinaryOperation.Add, convolution, addend, y, activation);
    }

    /// <summary>
    /// Weights that will not change any more, in the form in which the fastest method for these sizes reads them:
    /// what <see cref="ConvolutionForward"/> takes in place of the weights from then on, so that inference spares the work
    /// on every call. Null where the weights are best as they are.
    /// </summary>
    /// <remarks>
    /// The form is this back end's own matter: a tensor of a shape that no weights have, of no use to anything but
    /// <see cref="ConvolutionForward"/> of the same kernel size and groups, though of input of any height and width. It may
    /// take several times the memory; the weights themselves are not needed beside it.
    /// </remarks>
    /// <param name="w">K×(C/groups)×R×S.</param>
    /// <param name="input">The shape N×C×H×W that the input will usually have.</param>
    /// <param name="window">Kernel size, stride, dilation, padding.</param>
    /// <param name="groups">Into how many independent groups the channels are split.</param>
    public virtual Tensor? PrepareConvolution(Tensor w, Shape input, in Window window, int groups) => null;

    /// <summary>The adjoint in x: dx gets, for every product w·x̃ of the forward pass, w·g.</summary>
    public abstract void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx);

    /// <summary>The adjoint in w and in the bias: dw gets, for every product w·x̃ of the forward pass, x̃·g, and db, for every y, g.</summary>
    /// <param name="x">N×C×H×W.</param>
    /// <param name="g">∂L/∂y, N×K×Hout×Wout.</param>
    /// <param name="window">Kernel size, stride, dilation, padding.</param>
    /// <param name="groups">Into how many independent groups the channels are split.</param>
    /// <param name="dw">K×(C/groups)×R×S.</param>
    /// <param name="accumulate">Adds to what dw holds instead of overwriting it.</param>
    /// <param name="db">K numbers, added to; null where they are not wanted.</param>
    public abstract void ConvolutionBackwardWeights(
        Tensor x, Tensor g, in Window window, int groups, Tensor dw, bool accumulate = false, Tensor? db = null);
}
