using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Simd;
using Engine.Backends.Cpu.Winograd;

namespace Engine.Tests.Backends;

/// <summary>A random convolution of 3×3 run by one of Winograd's methods, whether or not it would be chosen.</summary>
internal sealed unsafe class WinogradCase<TMethod>
    where TMethod : IWinograd
{
    private readonly Window window;
    private readonly Geometry geometry;

    public WinogradCase(Philox random, int mostChannels)
    {
        while (true)
        {
            int Between(int low, int high) => low + random.NextInt(high - low + 1);
            Shape x = [Between(1, 5), Between(1, mostChannels), Between(1, 23), Between(1, 23)];
            window = new Window(3, 1, 1, (Between(0, 2), Between(0, 2)), (Between(0, 2), Between(0, 2)));
            Size2D positions = window.Output((x[2], x[3]));
            if (positions.Y > 0 && positions.X > 0)
            {
                Definition = new ConvolutionCase(random, x, Between(1, mostChannels), 1, window, bias: false);
                geometry = new Geometry(Definition.X.Shape, Definition.W.Shape, window, 1);
                return;
            }
        }
    }

    /// <summary>The same convolution as its definition says.</summary>
    public ConvolutionCase Definition { get; }

    /// <summary>
    /// By how many roundings of the largest product an output may be off: each number passes in both dimensions through two
    /// matrices, whose rows' sums of magnitudes multiply it and its errors, and a sum over the channels.
    /// </summary>
    public double RoundingsForward =>
        (geometry.ChannelsPerGroup + 40.0) * geometry.Depth * Math.Pow(Norm(TMethod.Points, &Input) * Norm(3, &Weights) * Norm(TMethod.Points, &Output), 2);

    /// <summary>The same for the gradient of the data.</summary>
    public double RoundingsOfData =>
        (geometry.OutputsPerGroup + 40.0) * geometry.OutputsPerGroup * 9 * Math.Pow(Norm(TMethod.Points, &Input) * Norm(3, &Weights) * Norm(TMethod.Points, &Output), 2);

    /// <summary>The same for the gradient of the weights, where the sum is over the tiles.</summary>
    public double RoundingsOfWeights =>
        (new Tiles(geometry, TMethod.Outputs).Count + 40.0) * geometry.Images * geometry.Positions
        * Math.Pow(Norm(TMethod.Points, &Input) * Norm(TMethod.Outputs, &OutputGradient) * Norm(TMethod.Points, &WeightsGradient), 2);

    public double[] Forward()
    {
        double[] y = new double[Definition.G.ElementCount];
        Array.Fill(y, double.NaN);
        fixed (double* px = Definition.X.AsSpan<double>(), pw = Definition.W.AsSpan<double>(), py = y)
        {
            WinogradConvolution<double, TMethod>.Forward(
                geometry, px, WeightsView<double>.Plain(pw, geometry.ChannelsPerGroup), null, false, py);
        }

        return y;
    }

    public double[] BackwardData()
    {
        double[] dx = new double[Definition.X.ElementCount];
        Array.Fill(dx, double.NaN);
        fixed (double* pg = Definition.G.AsSpan<double>(), pw = Definition.W.AsSpan<double>(), pdx = dx)
        {
            WinogradConvolution<double, TMethod>.Forward(
                geometry.Adjoint, pg, WeightsView<double>.Turned(pw, geometry.ChannelsPerGroup), null, false, pdx);
        }

        return dx;
    }

    /// <summary>The gradient of the weights, written over what is no number.</summary>
    public double[] BackwardWeights()
    {
        double[] dw = new double[Definition.W.ElementCount];
        Array.Fill(dw, double.NaN);
        fixed (double* px = Definition.X.AsSpan<double>(), pg = Definition.G.AsSpan<double>(), pdw = dw)
        {
            WinogradConvolution<double, TMethod>.BackwardWeights(geometry, px, pg, pdw, accumulate: false);
        }

        return dw;
    }

    public override string ToString() => $"{typeof(TMethod).Name}, {Definition}";

    // The largest row sum of a transform's matrix, read off its columns: what it makes of unit vectors.
    private static double Norm(int inputs, delegate*<double*, double*, void> transform)
    {
        double[] sums = new double[8];
        double* unit = stackalloc double[8], values = stackalloc double[8];
        for (int i = 0; i < inputs; i++)
        {
            new Span<double>(unit, 8).Clear();
            new Span<double>(values, 8).Clear();
            unit[i] = 1;
            transform(unit, values);
            for (int j = 0; j < 8; j++)
            {
                sums[j] += Math.Abs(values[j]);
            }
        }

        return sums.Max();
    }

    private static void Input(double* source, double* destination) => TMethod.Input<double, double, Scalar<double>>(source, 1, destination, 1);

    private static void Weights(double* source, double* destination) => TMethod.Weights<double, double, Scalar<double>>(source, 1, destination, 1);

    private static void Output(double* source, double* destination) => TMethod.Output<double, double, Scalar<double>>(source, 1, destination, 1);

    private static void OutputGradient(double* source, double* destination) => TMethod.OutputGradient<double, double, Scalar<double>>(source, 1, destination, 1);

    private static void WeightsGradient(double* source, double* destination) => TMethod.WeightsGradient<double, double, Scalar<double>>(source, 1, destination, 1);
}
