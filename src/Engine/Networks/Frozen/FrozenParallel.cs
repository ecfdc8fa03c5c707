using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>Branches side by side, y = [f₁(x) | f₂(x) | …] along the channels, each written into its place where that is in one piece.</summary>
public sealed class FrozenParallel : FrozenLayer
{
    private readonly Layer[] branches;

    internal FrozenParallel(string name, Layer[] branches)
    {
        (Name, this.branches) = (name, branches);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Children => branches;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape first = branches[0].OutputShape(input);
        int channels = first[1];
        for (int i = 1; i < branches.Length; i++)
        {
            channels += branches[i].OutputShape(input)[1];
        }

        return first.With(1, channels);
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => branches.Sum(b => b.MultiplyAdds(input));

    /// <inheritdoc/>
    internal override Tensor Forward(Tensor x, Pass pass, Tensor? into)
    {
        RequireInference(pass);
        Tensor y = into ?? new Tensor(OutputShape(x.Shape), x.DType, x.Device);

        // Of one sample the channels of a branch are neighbours in memory; of several every sample has a stretch. Other
        // devices want their tensors aligned.
        bool inPlace = y.Shape[0] == 1 && y.Device == Device.Cpu;
        StepMark begin = StepMark.Now(x.Device);
        int start = 0;
        foreach (Layer branch in branches)
        {
            Shape part = branch.OutputShape(x.Shape);
            if (inPlace)
            {
                Run(branch, x, pass, y.Part(start * y.Shape.Stride(1), part));
            }
            else
            {
                Tensor made = Run(branch, x, pass, into: null);
                Backend.Of(made, y).Place(made, axis: 1, start, y);
                pass.Release(made, begin);
            }

            start += part[1];
        }

        return y;
    }
}
