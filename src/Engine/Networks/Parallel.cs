using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks;

/// <summary>Branches side by side: each sees the same x, and y is all they make of it, one after the other along the channels.</summary>
/// <remarks>
/// y = [f₁(x) | f₂(x) | … | f_B(x)] along axis 1. Each branch moves its own channels of y alone, so it gets back its own
/// part g_b of g; and since x moves all of them,
///   ∂L/∂x = Σ_b f_b.Backward(g_b).
/// The inception module is four of these: convolutions of 1×1, 3×3 and 5×5 and a pooling. (Szegedy et al., "Going deeper
/// with convolutions", 2015, figure 2; deck F.)
/// </remarks>
public sealed class Parallel : Layer
{
    private readonly Layer[] branches;

    /// <summary>Branches that give the same shape but for the channels. One without a name is named by its place: "branch1".</summary>
    /// <param name="branches">At least one.</param>
    /// <exception cref="ArgumentException">There is none, or two have one name.</exception>
    public Parallel(params ReadOnlySpan<Layer> branches)
    {
        this.branches = branches.ToArray();
        for (int i = 0; i < branches.Length; i++)
        {
            if (!branches[i].HasName)
            {
                branches[i].Name = $"branch{i + 1}";
            }
        }

        int names = this.branches.DistinctBy(b => b.Name).Count();
        if (branches.Length == 0 || names < branches.Length)
        {
            throw new ArgumentException($"Parallel needs at least one branch, and names that differ; given {branches.Length} with {names} names.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Children => branches;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape first = branches[0].OutputShape(input);
        int channels = 0;
        foreach (Layer branch in branches)
        {
            Shape output = branch.OutputShape(input);
            if (output.Rank < 2 || output.Rank != first.Rank || output.With(1, 1) != first.With(1, 1))
            {
                throw Mismatch($"{branches[0].Name} gives {first} and {branch.Name} {output}; only the channels, axis 1, may differ.");
            }

            channels += output[1];
        }

        return first.With(1, channels);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor y = new(OutputShape(x.Shape), x.DType, x.Device);
        StepMark begin = StepMark.Now(x.Device);
        int start = 0;
        foreach (Layer branch in branches)
        {
            Tensor part = pass.Forward(branch, x);
            Backend.Of(part, y).Place(part, axis: 1, start, y);
            start += part.Shape[1];
            pass.Release(part, begin);
        }

        pass.Save(x);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Shape input = pass.Restore().Shape;
        StepMark begin = StepMark.Now(g.Device);
        Tensor? dx = null;
        int end = g.Shape[1];

        // The last branch went forward last, so it goes back first.
        for (int i = branches.Length - 1; i >= 0; i--)
        {
            int channels = branches[i].OutputShape(input)[1];
            end -= channels;
            Tensor part = pass.Backward(branches[i], g.Slice(1, end, channels), since: begin);
            dx = dx is null ? part : Add(part, dx, pass, begin);
        }

        return dx!;
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => branches.Sum(b => b.MultiplyAdds(input));

    // sum + part, where the sum lies if that may be.
    private static Tensor Add(Tensor part, Tensor sum, Pass pass, StepMark begin)
    {
        Tensor together = pass.Reuse(sum, begin);
        Backend.Of(sum, part).Binary(BinaryOperation.Add, sum, part, together);
        pass.Release(part, begin);
        return together;
    }
}
