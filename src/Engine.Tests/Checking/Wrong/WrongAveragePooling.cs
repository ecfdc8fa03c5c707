using Engine.Layers;
using Grid = System.Numerics.Tensors.TensorSpan<double>;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongAveragePooling
{
    public static IEnumerable<Mistake> All =>
    [
        Wrong("divided by the whole window at the border too", (g, _, whole) => g / whole),
        Wrong("not divided at all", (g, _, _) => g),
        Wrong("only the first element of a window gets g", (g, inside, _) => g / inside, onlyFirst: true),
        Wrong("windows that overlap overwrite each other", (g, inside, _) => g / inside, overwrites: true),
        Wrong("added to memory that was never cleared", (g, inside, _) => g / inside, clears: false),
    ];

    // share: what each element gets of g, for so many elements inside the image, of so many in the window.
    private static Mistake Wrong(
        string what, Func<double, int, int, double> share, bool onlyFirst = false, bool overwrites = false, bool clears = true) =>
        Mistake.In<AveragePooling2D>(what, (pooling, g, pass) =>
        {
            Shape x = pass.Restore().Shape;
            Tensor dx = clears ? Tensor.Zeros(x, g.DType) : new Tensor(x, g.DType);
            Grid to = dx.AsTensorSpan<double>(), from = g.AsTensorSpan<double>();
            Window window = pooling.Padding.Window((x[2], x[3]), pooling.Kernel, pooling.Stride, pooling.Dilation, pooling.PaddingMode);
            for (int i = 0; i < g.Shape[2]; i++)
            {
                for (int j = 0; j < g.Shape[3]; j++)
                {
                    (int Row, int Column)[] inside = [.. Inside(window, x, i, j)];
                    foreach ((int row, int column) in onlyFirst ? inside.Take(1) : inside)
                    {
                        for (int plane = 0; plane < x[0] * x[1]; plane++)
                        {
                            (int n, int c) = (plane / x[1], plane % x[1]);
                            double part = share(from[n, c, i, j], inside.Length, window.Kernel.Y * window.Kernel.X);
                            to[n, c, row, column] = overwrites ? part : to[n, c, row, column] + part;
                        }
                    }
                }
            }

            return dx;
        });

    private static IEnumerable<(int Row, int Column)> Inside(Window window, Shape x, int i, int j) =>
        from r in Enumerable.Range(0, window.Kernel.Y)
        from s in Enumerable.Range(0, window.Kernel.X)
        let row = (i * window.Stride.Y) + (r * window.Dilation.Y) - window.Before.Y
        let column = (j * window.Stride.X) + (s * window.Dilation.X) - window.Before.X
        where (uint)row < (uint)x[2] && (uint)column < (uint)x[3]
        select (row, column);
}
