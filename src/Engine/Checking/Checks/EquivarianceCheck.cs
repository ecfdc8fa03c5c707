using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>
/// Samples do not know their number in the batch, nor channels theirs, where a layer treats all alike: reordering x and v
/// along that axis reorders ∂x in the same way. Of a sample left out or a channel taken for another nothing is hidden here.
/// </summary>
internal sealed class EquivarianceCheck(int axis) : Check
{
    public override string Name => axis == 0 ? "batch order" : "channel order";

    public override bool AppliesTo(GradientCase subject) =>
        subject.Traits.HasFlag(axis == 0 ? Traits.BatchEquivariant : Traits.ChannelEquivariant);

    public override void Run(GradientCase subject, Philox random, GradientReport report)
    {
        Tensor v = SeedGradient(subject, random), x = subject.Variables[0].Value;
        int[] order = random.Permutation(x.Shape[axis]);
        double[][] expected = subject.Gradients(v);
        expected[0] = Reorder(expected[0], x.Shape, axis, order);
        Variable[] perChannel = axis == 0 ? [] : [.. subject.Variables.Skip(1)];
        for (int k = 0; k < perChannel.Length; k++)
        {
            expected[k + 1] = Reorder(expected[k + 1], perChannel[k].Value.Shape, 0, order);
        }

        Tensor reordered = Reorder(x, axis, order), reorderedV = Reorder(v, axis, order);
        Tensor[] before = [.. perChannel.Select(p => p.Value.Clone())];
        foreach (Variable parameter in perChannel)
        {
            Reorder(parameter.Value, 0, order).CopyTo(parameter.Value);
        }

        double[][] given = subject.At(reordered).Gradients(reorderedV);
        for (int k = 0; k < perChannel.Length; k++)
        {
            before[k].CopyTo(perChannel[k].Value);
        }

        Compare(report, subject, given, expected, "reordering the gradient instead gives");
    }

    private static Tensor Reorder(Tensor x, int axis, int[] order) =>
        Tensor.From(Reorder(x.AsSpan<double>(), x.Shape, axis, order), x.Shape);

    // Entry i along the axis becomes entry order[i] of the given one.
    private static double[] Reorder(ReadOnlySpan<double> x, Shape shape, int axis, int[] order)
    {
        double[] y = new double[x.Length];
        int stride = shape.Stride(axis), size = shape[axis];
        for (int i = 0; i < y.Length; i++)
        {
            int at = i / stride % size;
            y[i] = x[i + ((order[at] - at) * stride)];
        }

        return y;
    }
}
