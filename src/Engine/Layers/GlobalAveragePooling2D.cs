using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Global average pooling: the mean of each channel over the whole image, N×C×H×W → N×C.</summary>
/// <remarks>
///   y[n,c] = 1/(H·W) · Σᵢⱼ x[n,c,i,j].
/// Each of the H·W elements moved y by 1/(H·W), so each gets back the same share:
///   ∂L/∂x[n,c,i,j] = g[n,c] / (H·W).
/// It takes the place of a flattening and a large dense layer, has nothing to learn, and takes images of any size. To the
/// back ends it is an average pooling with one window, as large as the image. (Lin, Chen and Yan, "Network in network",
/// 2014, section 3.2; deck F: GoogLeNet, ResNet.)
/// </remarks>
public sealed class GlobalAveragePooling2D : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 4
        ? [input[0], input[1]]
        : throw Mismatch($"input is {input}, expected images, N×C×H×W.");

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor y = new(OutputShape(x.Shape), x.DType, x.Device);
        Backend.Of(x).AveragePoolingForward(x, WholeImage(x.Shape), AsImages(y));
        pass.Save(x);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        // Of x only the shape is needed: the derivative of a mean does not depend on the numbers.
        Tensor x = pass.Restore();
        Tensor dx = Tensor.Like(x);
        Backend.Of(g, x).AveragePoolingBackward(AsImages(g), WholeImage(x.Shape), dx);
        return dx;
    }

    private static Window WholeImage(Shape x)
    {
        Size2D size = (x[2], x[3]);
        return new Window(size, size, 1, 0, 0);
    }

    // N×C numbers are N×C images of one pixel.
    private static Tensor AsImages(Tensor y) => y.Reshape([y.Shape[0], y.Shape[1], 1, 1]);
}
