using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongGlobalAveragePooling
{
    public static IEnumerable<Mistake> All =>
    [
        Wrong("not divided by the number of pixels", (g, x) => Spread(g, x)),
        Wrong("divided by rows alone", (g, x) => Spread(g, x) / x[2]),
        Wrong("every channel gets the mean over channels", (g, x) => Spread(g.Mean(1, keepAxis: true) + Tensor.Zeros(g.Shape, g.DType), x) / (x[2] * x[3])),
    ];

    private static Mistake Wrong(string what, Func<Tensor, Shape, Tensor> share) =>
        Mistake.In<GlobalAveragePooling2D>(what, (_, g, pass) => share(g, pass.Restore().Shape));

    // Each channel's g at every pixel.
    private static Tensor Spread(Tensor g, Shape x) => g.Reshape([x[0], x[1], 1, 1]) + Tensor.Zeros(x, g.DType);
}
