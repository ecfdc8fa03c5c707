using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>
    /// y = the largest element under the window, padding excluded; of equals the first in row order.
    /// </summary>
    /// <param name="x">N×C×H×W.</param>
    /// <param name="window">Kernel, stride, dilation, padding.</param>
    /// <param name="y">N×C×Hout×Wout.</param>
    /// <param name="argMax">Int32 of y's shape: where in its H×W plane each maximum was found, row·W + column.</param>
    public abstract void MaxPoolingForward(Tensor x, in Window window, Tensor y, Tensor argMax);

    /// <summary>dx[argMax] += g: each gradient goes back to the element that was the largest. dx is overwritten.</summary>
    /// <remarks>argMax is what the forward pass gave. A place that no window of its output covers is refused, or its gradient lost; never is anything written out of bounds.</remarks>
    public abstract void MaxPoolingBackward(Tensor g, Tensor argMax, in Window window, Tensor dx);

    /// <summary>y = the mean of the elements under the window, padding excluded from sum and count.</summary>
    public abstract void AveragePoolingForward(Tensor x, in Window window, Tensor y);

    /// <summary>Each gradient is shared equally among the elements it was averaged over.</summary>
    /// <param name="g">N×C×Hout×Wout.</param>
    /// <param name="window">Kernel, stride, dilation, padding.</param>
    /// <param name="dx">N×C×H×W, overwritten.</param>
    /// <param name="before">The activation e that x came of: dx is then ∂L/∂u with x = e(u), another factor e′, written in x. Null for none.</param>
    /// <param name="x">What was averaged; needed where there is an e.</param>
    public abstract void AveragePoolingBackward(Tensor g, in Window window, Tensor dx, Activation? before = null, Tensor? x = null);
}
