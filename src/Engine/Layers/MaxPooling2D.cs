using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Max pooling: the largest element under a sliding window, channel by channel.</summary>
/// <remarks>
///   y[n,c,i,j] = max over (r, s) of x[n, c, i·Sy + r·Dy − Py, j·Sx + s·Dx − Px], padding excluded.
/// Only the largest element moves y, so each g[n,c,i,j] goes back to it alone; where windows overlap, an element that is
/// the largest in several gets the sum. Of equal elements the first in row order counts as the largest.
/// (Deck F: max pooling 2×2.)
/// </remarks>
public sealed class MaxPooling2D : WindowLayer, IPiecewise
{
    /// <summary>A pooling layer.</summary>
    /// <param name="kernel">The window.</param>
    /// <param name="stride">Its steps; as large as the window unless said otherwise.</param>
    /// <param name="padding">Valid (none) unless said otherwise.</param>
    /// <param name="dilation">Distance between the elements it touches.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public MaxPooling2D(Size2D kernel, Size2D? stride = null, Padding padding = default, Size2D? dilation = null)
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
        (Tensor y, Tensor argMax) = Pool(x);
        pass.Save(x);
        pass.Save(argMax);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor argMax = pass.Restore();
        Tensor x = pass.Restore();
        Tensor dx = Tensor.Like(x);
        Backend.Of(g).MaxPoolingBackward(g, argMax, WindowOver(x.Shape), dx);
        return dx;
    }

    /// <summary>For each window, where its largest element is.</summary>
    public IEnumerable<int> Pieces(Tensor x) => Pool(x).ArgMax.To(Device.Cpu).AsSpan<int>().ToArray();

    private (Tensor Y, Tensor ArgMax) Pool(Tensor x)
    {
        Window window = WindowOver(x.Shape);
        Tensor y = new(OutputOf(x.Shape, x.Shape[1], window), x.DType, x.Device);
        Tensor argMax = new(y.Shape, DType.Int32, x.Device);
        Backend.Of(x).MaxPoolingForward(x, window, y, argMax);
        return (y, argMax);
    }
}
