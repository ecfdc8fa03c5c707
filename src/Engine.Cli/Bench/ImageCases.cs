using Engine.Backends;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>Convolution, pooling and batch normalization.</summary>
/// <param name="dtype">Float32 or Float64.</param>
internal sealed class ImageCases(DType dtype)
{
    private const double Epsilon = 1e-5;

    /// <summary>A convolution forward, its gradient in the data, its gradient in the weights.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="images">N.</param>
    /// <param name="channels">C.</param>
    /// <param name="side">H and W.</param>
    /// <param name="filters">K.</param>
    /// <param name="kernel">R and S.</param>
    /// <param name="stride">In both directions.</param>
    /// <param name="groups">Of channels that do not see each other.</param>
    /// <param name="padding">On every side; half of the kernel unless given.</param>
    public IEnumerable<KernelCase> Convolution(
        string name, int images, int channels, int side, int filters, int kernel, int stride = 1, int groups = 1, int? padding = null)
    {
        int border = padding ?? kernel / 2, outSide = ((side + (2 * border) - kernel) / stride) + 1;
        Window window = new(kernel, stride, 1, border, border);
        string problem = $"{images}×{channels}×{side}×{side} → {filters} channels{(stride > 1 ? $", stride {stride}" : "")}";
        double flops = 2.0 * images * filters * outSide * outSide * (channels / groups) * kernel * kernel;
        double bytes = dtype.Size() * (
            ((double)images * channels * side * side) + ((double)filters * channels / groups * kernel * kernel) + ((double)images * filters * outSide * outSide));
        yield return new($"{name} forward", problem, flops, bytes, () =>
        {
            (Tensor x, Tensor w, Tensor y) = Operands();
            return () => Backend.Of(x, w).ConvolutionForward(x, w, null, window, groups, y);
        });
        yield return new($"{name} backward data", problem, flops, bytes, () =>
        {
            (Tensor x, Tensor w, Tensor y) = Operands();
            return () => Backend.Of(x, w).ConvolutionBackwardData(w, y, window, groups, x);
        });
        yield return new($"{name} backward weights", problem, flops, bytes, () =>
        {
            (Tensor x, Tensor w, Tensor y) = Operands();
            return () => Backend.Of(x, w).ConvolutionBackwardWeights(x, y, window, groups, w);
        });

        (Tensor X, Tensor W, Tensor Y) Operands()
        {
            Philox random = new(1);
            return (
                KernelCase.Uniform(random, dtype, images, channels, side, side),
                KernelCase.Uniform(random, dtype, filters, channels / groups, kernel, kernel),
                KernelCase.Uniform(random, dtype, images, filters, outSide, outSide));
        }
    }

    /// <summary>2×2 pooling: the largest, and the mean.</summary>
    public IEnumerable<KernelCase> Pooling(int images, int channels, int side)
    {
        Window window = new(2, 2, 1, 0, 0);
        string problem = $"{images}×{channels}×{side}×{side}, 2×2";
        double numbers = (double)images * channels * side * side;
        yield return new("max pooling", problem, numbers, 1.5 * numbers * dtype.Size(), () =>
        {
            Tensor x = KernelCase.Uniform(new Philox(1), dtype, images, channels, side, side);
            Tensor y = new([images, channels, side / 2, side / 2], dtype), argMax = new(y.Shape, DType.Int32);
            return () => Backend.Of(x).MaxPoolingForward(x, window, y, argMax);
        });
        yield return new("average pooling", problem, numbers, 1.25 * numbers * dtype.Size(), () =>
        {
            Tensor x = KernelCase.Uniform(new Philox(1), dtype, images, channels, side, side);
            Tensor y = new([images, channels, side / 2, side / 2], dtype);
            return () => Backend.Of(x).AveragePoolingForward(x, window, y);
        });
    }

    /// <summary>Batch normalization forward and backward in training.</summary>
    public IEnumerable<KernelCase> BatchNormalization(int images, int channels, int side)
    {
        string problem = $"{images}×{channels}×{side}×{side}";
        double numbers = (double)images * channels * side * side;
        yield return new("batch normalization forward", problem, 6 * numbers, 2 * numbers * dtype.Size(), () =>
        {
            (Tensor x, Tensor y, Tensor scale, Tensor shift, Tensor mean, Tensor variance) = Operands();
            return () => Backend.Of(x).BatchNormalizationForward(x, scale, shift, Epsilon, y, mean, variance);
        });
        yield return new("batch normalization backward", problem, 10 * numbers, 3 * numbers * dtype.Size(), () =>
        {
            (Tensor x, Tensor y, Tensor scale, Tensor shift, Tensor mean, Tensor variance) = Operands();
            Tensor dx = new(x.Shape, dtype);
            return () => Backend.Of(x).BatchNormalizationBackward(x, y, scale, mean, variance, Epsilon, dx, scale, shift);
        });

        (Tensor X, Tensor Y, Tensor Scale, Tensor Shift, Tensor Mean, Tensor Variance) Operands()
        {
            Philox random = new(1);
            Tensor PerChannel() => KernelCase.Uniform(random, dtype, channels);
            Tensor variance = new([channels], dtype);
            Backend.Of(variance).Fill(1, variance);
            return (
                KernelCase.Uniform(random, dtype, images, channels, side, side),
                KernelCase.Uniform(random, dtype, images, channels, side, side),
                PerChannel(), PerChannel(), PerChannel(), variance);
        }
    }
}
