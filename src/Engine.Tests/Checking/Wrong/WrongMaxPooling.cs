using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongMaxPooling
{
    // Where one gradient goes: g[plane, output] to dx[plane, largest], the planes being the H×W images one after the other.
    private delegate void Route(Span<double> dx, double g, int plane, int largest, Shape x);

    public static IEnumerable<Mistake> All =>
    [
        Wrong("windows that overlap overwrite each other", (dx, g, plane, largest, x) => dx[(plane * x.Stride(1)) + largest] = g),
        Wrong("g taken transposed", Add, (i, y) => (i % y[3] * y[2]) + (i / y[3])),
        Wrong("g goes to the right neighbour of the largest", (dx, g, plane, largest, x) =>
            dx[(plane * x.Stride(1)) + Math.Min(largest + 1, x.Stride(1) - 1)] += g),
        Wrong("the channels of a sample all go to its first", (dx, g, plane, largest, x) =>
            dx[(plane / x[1] * x.Stride(0)) + largest] += g),
        Wrong("the position of the largest read column by column", (dx, g, plane, largest, x) =>
            dx[(plane * x.Stride(1)) + (largest % x[3] * x[2]) + (largest / x[3])] += g),
    ];

    private static void Add(Span<double> dx, double g, int plane, int largest, Shape x) => dx[(plane * x.Stride(1)) + largest] += g;

    private static Mistake Wrong(string what, Route route, Func<int, Shape, int>? output = null) =>
        Mistake.In<MaxPooling2D>(what, (_, g, pass) =>
        {
            Tensor argMax = pass.Restore(), dx = Tensor.Zeros(pass.Restore().Shape, g.DType);
            int outputs = g.Shape.Stride(1);
            for (int i = 0; i < g.ElementCount; i++)
            {
                int from = output is null ? i : (i / outputs * outputs) + output(i % outputs, g.Shape);
                route(dx.AsSpan<double>(), g.GetFlat(from), i / outputs, (int)argMax.GetFlat(i), dx.Shape);
            }

            return dx;
        });
}
