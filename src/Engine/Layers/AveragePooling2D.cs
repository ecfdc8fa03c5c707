using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Average pooling: the mean of the elements under a sliding window, channel by channel.</summary>
/// <remarks>
/// With m(i, j) the number of elements of the window that lie inside the image,
///   y[n,c,i,j] = 1/m(i,j) · Σ x[n, c, i·Sy + r·Dy − Py, j·Sx + s·Dx − Px] over those elements.
/// Each of them moved y by 1/m, so each gets back g[n,c,i,j] / m(i,j). Padding is left out of sum and count, as in
/// Keras. (LeCun et al., 1998, subsampling; deck F.)
/// </remarks>
public sealed class AveragePooling2D : WindowLayer, IFusesActivationBefore
{
    /// <summary>A pooling layer.</summary>
    /// <param name="kernel">The window.</param>
    /// <param name="stride">Its steps; as large as the window unless said otherwise.</param>
    /// <param name="padding">Valid (none) unless said otherwise.</param>
    /// <param name="dilation">Distance between the elements it touches.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public AveragePooling2D(Size2D kernel, Size2D? stride = null, Padding padding = default, Size2D? dilation = null)
        : base(kernel, stride ?? kernel, dilation ?? 1, padding, PaddingMode.Zero)
    {
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Window window = WindowOver(input);
        return OutputOf(input, input[1], window);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Window window = WindowOver(x.Shape);
        Tensor y = new(OutputOf(x.Shape, x.Shape[1], window), x.DType, x.Device);
        Backend.Of(x).AveragePoolingForward(x, window, y);
        pass.Save(x);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass) => Backward(g, pass, before: null);

    Tensor IFusesActivationBefore.Backward(Tensor g, Pass pass, Activation before) => Backward(g, pass, before);

    private Tensor Backward(Tensor g, Pass pass, Activation? before)
    {
        // Of x only the shape is needed: the derivative of a mean does not depend on the numbers. That of an activation before it does.
        Tensor x = pass.Restore();
        Tensor dx = Tensor.Like(x);
        Backend.Of(g, x).AveragePoolingBackward(g, WindowOver(x.Shape), dx, before, x);
        return dx;
    }
}
