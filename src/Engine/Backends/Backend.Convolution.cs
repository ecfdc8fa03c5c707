using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// y[n,k,i,j] = f(b[k] + Σ_c Σ_r Σ_s w[k,c,r,s] · x̃[n, c₀(k) + c, i·Sy + r·Dy − Py, j·Sx + s·Dx − Px]): the
    /// cross-correlation that deep learning calls convolution. x̃ is x continued over its border by zeros or by mirroring.
    /// </summary>
    /// <param name="x">N×C×H×W.</param>
    /// <param name="w">K×(C/groups)×R×S. With groups, output channel k reads the C/groups channels from c₀(k) on.</param>
    /// <param name="bias">K numbers, or null.</param>
    /// <param name="window">Kernel size, stride S, dilation D, padding P.</param>
    /// <param name="groups">Into how many independent groups the channels are split; divides C and K.</param>
    /// <param name="y">N×K×Hout×Wout.</param>
    /// <param name="activation">f, or null for none: what a layer would apply next, without another pass over memory.</param>
    public abstract void ConvolutionForward(
        Tensor x, Tensor w, Tensor? bias, in Window window, int groups, Tensor y, Activation? activation = null);

    /// <summary>The adjoint in x: dx gets, for every product w·x̃ of the forward pass, w·g.</summary>
    public abstract void ConvolutionBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx);

    /// <summary>The adjoint in w, added: dw gets, for every product w·x̃ of the forward pass, x̃·g.</summary>
    public abstract void AccumulateConvolutionBackwardWeights(Tensor x, Tensor g, in Window window, int groups, Tensor dw);
}
