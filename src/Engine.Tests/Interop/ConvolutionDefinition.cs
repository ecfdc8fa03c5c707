using Native.Kernels.CuDnn;

namespace Engine.Tests.Interop;

/// <summary>Convolution as its formula says: a list of products w·x that each belong to an element of y.</summary>
internal static class ConvolutionDefinition
{
    public static double[] Forward(ConvolutionShape shape, double[] x, double[] w)
    {
        double[] y = new double[shape.N * shape.K * shape.OutputH * shape.OutputW];
        EachProduct(shape, (i, j, k) => y[k] += x[i] * w[j]);
        return y;
    }

    public static double[] BackwardData(ConvolutionShape shape, double[] w, double[] g)
    {
        double[] dx = new double[shape.N * shape.C * shape.H * shape.W];
        EachProduct(shape, (i, j, k) => dx[i] += w[j] * g[k]);
        return dx;
    }

    public static double[] BackwardFilter(ConvolutionShape shape, double[] x, double[] g)
    {
        double[] dw = new double[shape.K * (shape.C / shape.Groups) * shape.R * shape.S];
        EachProduct(shape, (i, j, k) => dw[j] += x[i] * g[k]);
        return dw;
    }

    // The indices of x, w and y of every product that is not with padding.
    private static void EachProduct(ConvolutionShape s, Action<int, int, int> visit)
    {
        int channels = s.C / s.Groups, filters = s.K / s.Groups;
        for (int y = 0; y < s.N * s.K * s.OutputH * s.OutputW; y++)
        {
            int j = y % s.OutputW, i = y / s.OutputW % s.OutputH, k = y / (s.OutputW * s.OutputH) % s.K, n = y / (s.OutputW * s.OutputH * s.K);
            for (int tap = 0; tap < channels * s.R * s.S; tap++)
            {
                int column = (j * s.StrideX) + (tap % s.S * s.DilationX) - s.PadLeft, row = (i * s.StrideY) + (tap / s.S % s.R * s.DilationY) - s.PadTop;
                int channel = (k / filters * channels) + (tap / (s.S * s.R));
                if (row >= 0 && row < s.H && column >= 0 && column < s.W)
                {
                    visit((((((n * s.C) + channel) * s.H) + row) * s.W) + column, (k * channels * s.R * s.S) + tap, y);
                }
            }
        }
    }
}
