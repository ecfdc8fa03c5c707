using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongFlatten
{
    public static IEnumerable<Mistake> All =>
    [
        Mistake.In<Flatten>("g read with the channels last", (_, g, pass) =>
        {
            Shape x = pass.Restore().Shape;
            if (x.Rank != 4)
            {
                return g.Reshape(x);
            }

            return g.Reshape([x[0], x[2], x[3], x[1]]).Transpose(0, 3, 1, 2);
        }),
        Mistake.In<Flatten>("g taken transposed", (_, g, pass) => g.Transpose().Reshape(pass.Restore().Shape)),
    ];
}
