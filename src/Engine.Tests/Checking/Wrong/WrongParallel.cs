using Engine.Layers;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongParallel
{
    private delegate Tensor WayBack(IReadOnlyList<(Layer Layer, int Start, int Channels)> branches, Tensor g, Pass pass);

    public static IEnumerable<Mistake> All =>
    [
        Wrong("only the last branch's ∂x returned", (branches, g, pass) =>
        {
            Tensor[] parts = [.. branches.Reverse().Select(b => pass.Backward(b.Layer, g.Slice(1, b.Start, b.Channels)))];
            return parts[0];
        }),
        Wrong("branches averaged instead of summed", (branches, g, pass) =>
            branches.Reverse().Select(b => pass.Backward(b.Layer, g.Slice(1, b.Start, b.Channels))).Aggregate((a, b) => a + b) / branches.Count),
        Wrong("every branch is given the first channels of g", (branches, g, pass) =>
            branches.Reverse().Select(b => pass.Backward(b.Layer, g.Slice(1, 0, b.Channels))).Aggregate((a, b) => a + b)),
    ];

    private static Mistake Wrong(string what, WayBack back) => Mistake.In<Parallel>(what, (parallel, g, pass) =>
    {
        Shape input = pass.Restore().Shape;
        List<(Layer, int, int)> branches = [];
        int start = 0;
        foreach (Layer branch in parallel.Children)
        {
            int channels = branch.OutputShape(input)[1];
            branches.Add((branch, start, channels));
            start += channels;
        }

        return back(branches, g, pass);
    });
}
