using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongConvolution
{
    // Which product a right one is taken for; null leaves it out.
    private delegate Tap? Confusion(Conv2D conv, Shape x, Tap tap);

    public static IEnumerable<Mistake> All =>
    [
        Wrong("∂x with the kernel flipped", dx: Flip),
        Wrong("∂W with the kernel flipped", dw: Flip),
        Wrong("∂x takes W for C×K×R×S, its channels swapped", weights: (conv, w) =>
            w.Reshape([conv.InputChannels / conv.Groups, conv.Filters, conv.Kernel.Y, conv.Kernel.X]).Transpose(1, 0, 2, 3)),
        Wrong("∂x of the first sample only", dx: (_, _, t) => t.N == 0 ? t : null),
        Wrong("∂W of the first sample only", dw: (_, _, t) => t.N == 0 ? t : null),
        Wrong("∂x ignores the stride", dx: (conv, x, t) =>
            Inside(x, t with { Row = t.Row - (t.I * (conv.Stride.Y - 1)), Column = t.Column - (t.J * (conv.Stride.X - 1)) })),
        Wrong("∂W ignores the dilation", dw: (conv, x, t) =>
            Inside(x, t with { Row = t.Row - (t.R * (conv.Dilation.Y - 1)), Column = t.Column - (t.S * (conv.Dilation.X - 1)) })),
        Wrong("∂x of every group goes to the first", dx: (_, _, t) => t with { Channel = t.C }),
        Wrong("∂x off by one row: padding counted wrong", dx: (_, x, t) => Inside(x, t with { Row = t.Row + 1 })),
        Wrong("∂x treats mirror padding as zeros", dx: (_, _, t) => t.Mirrored ? null : t),
        Wrong("∂W treats mirror padding as zeros", dw: (_, _, t) => t.Mirrored ? null : t),
        Wrong("∂x misses the last column of g", dx: (conv, x, t) => t.J == conv.OutputShape(x)[3] - 1 ? null : t),
        Wrong("∂b of the first position only", db: g => g.Slice(2, 0, 1).Slice(3, 0, 1)),
        Wrong("∂b of the first sample only", db: g => g.Slice(0, 0, 1)),
    ];

    private static Mistake Wrong(
        string what,
        Confusion? dx = null,
        Confusion? dw = null,
        Func<Tensor, Tensor>? db = null,
        Func<Conv2D, Tensor, Tensor>? weights = null) => Mistake.In<Conv2D>(what, (conv, g, pass) =>
        {
            Tensor x = pass.Restore(), w = conv.Weight.Value;
            Tap[] taps = [.. Tap.All(conv, x.Shape)];
            conv.Weight.Accumulate(Tap.WeightGradient(Confuse(dw, conv, x.Shape, taps), x, g, w.Shape));
            conv.Bias?.AccumulateSum(db is null ? g : db(g));
            return Tap.InputGradient(Confuse(dx, conv, x.Shape, taps), weights is null ? w : weights(conv, w), g, x.Shape);
        });

    private static IEnumerable<Tap> Confuse(Confusion? confusion, Conv2D conv, Shape x, Tap[] taps) => confusion is null
        ? taps
        : taps.Select(t => confusion(conv, x, t)).OfType<Tap>();

    private static Tap? Flip(Conv2D conv, Shape x, Tap t) =>
        t with { R = conv.Kernel.Y - 1 - t.R, S = conv.Kernel.X - 1 - t.S };

    private static Tap? Inside(Shape x, Tap t) => (uint)t.Row < (uint)x[2] && (uint)t.Column < (uint)x[3] ? t : null;
}
