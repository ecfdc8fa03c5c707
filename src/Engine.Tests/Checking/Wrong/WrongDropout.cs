using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongDropout
{
    public static IEnumerable<Mistake> All =>
    [
        Wrong("the scale 1/(1 − p) forgotten", (layer, g, mask, _) => g * mask * (1 - layer.Rate)),
        Wrong("the mask forgotten", (layer, g, _, _) => g / (1 - layer.Rate)),
        Wrong("scale and mask forgotten", (_, g, _, _) => g),
        Wrong("a fresh mask drawn on the way back", (layer, g, mask, pass) =>
        {
            Tensor fresh = Tensor.Like(mask);
            Backend.Of(mask).DropoutMask(pass.Random.Seed, pass.Random.Stream, pass.Random.Position, layer.Rate, fresh);
            return g * fresh;
        }),
    ];

    private static Mistake Wrong(string what, Func<Dropout, Tensor, Tensor, Pass, Tensor> dx) => Mistake.In<Dropout>(what, (layer, g, pass) =>
        pass.Mode == Mode.Inference || layer.Rate == 0 ? g : dx(layer, g, pass.Restore(), pass));
}
