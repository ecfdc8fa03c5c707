using Engine.Layers;
using Grid = System.Numerics.Tensors.TensorSpan<double>;

namespace Engine.Tests.Checking.Wrong;

/// <summary>
/// One product of a convolution: y[N, K, I, J] got w[K, C, R, S]·x[N, Channel, Row, Column], where x may have been met in
/// the mirror beyond the border.
/// </summary>
internal readonly record struct Tap(int N, int K, int C, int R, int S, int I, int J, int Channel, int Row, int Column, bool Mirrored)
{
    /// <summary>Every product of a convolution, from its definition.</summary>
    public static IEnumerable<Tap> All(Conv2D conv, Shape x)
    {
        Window window = conv.Padding.Window((x[2], x[3]), conv.Kernel, conv.Stride, conv.Dilation, conv.PaddingMode);
        Shape y = conv.OutputShape(x);
        int perGroup = conv.InputChannels / conv.Groups, filtersPerGroup = conv.Filters / conv.Groups;
        return
            from n in Enumerable.Range(0, y[0])
            from k in Enumerable.Range(0, y[1])
            from i in Enumerable.Range(0, y[2])
            from j in Enumerable.Range(0, y[3])
            from c in Enumerable.Range(0, perGroup)
            from r in Enumerable.Range(0, conv.Kernel.Y)
            from s in Enumerable.Range(0, conv.Kernel.X)
            let row = (i * conv.Stride.Y) + (r * conv.Dilation.Y) - window.Before.Y
            let column = (j * conv.Stride.X) + (s * conv.Dilation.X) - window.Before.X
            let inside = (uint)row < (uint)x[2] && (uint)column < (uint)x[3]
            where inside || conv.PaddingMode == PaddingMode.Mirror
            let channel = (k / filtersPerGroup * perGroup) + c
            select new Tap(n, k, c, r, s, i, j, channel, Reflect(row, x[2]), Reflect(column, x[3]), !inside);
    }

    /// <summary>Σ w·g over the products, each given to the x that it names.</summary>
    public static Tensor InputGradient(IEnumerable<Tap> taps, Tensor w, Tensor g, Shape x)
    {
        Tensor dx = Tensor.Zeros(x, DType.Float64);
        Grid to = dx.AsTensorSpan<double>(), weights = w.AsTensorSpan<double>(), from = g.AsTensorSpan<double>();
        foreach (Tap t in taps)
        {
            to[t.N, t.Channel, t.Row, t.Column] += weights[t.K, t.C, t.R, t.S] * from[t.N, t.K, t.I, t.J];
        }

        return dx;
    }

    /// <summary>Σ x·g over the products, each given to the w that it names.</summary>
    public static Tensor WeightGradient(IEnumerable<Tap> taps, Tensor x, Tensor g, Shape w)
    {
        Tensor dw = Tensor.Zeros(w, DType.Float64);
        Grid to = dw.AsTensorSpan<double>(), inputs = x.AsTensorSpan<double>(), from = g.AsTensorSpan<double>();
        foreach (Tap t in taps)
        {
            to[t.K, t.C, t.R, t.S] += inputs[t.N, t.Channel, t.Row, t.Column] * from[t.N, t.K, t.I, t.J];
        }

        return dw;
    }

    // The edge itself is repeated: −1 is 0, size is size − 1.
    private static int Reflect(int at, int size) => at < 0 ? -1 - at : at >= size ? (2 * size) - 1 - at : at;
}
