using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>Goes through a network's shapes and adds up the tensors that a pass makes between its layers.</summary>
internal sealed class MemoryWalk
{
    private readonly Mode mode;
    private readonly int elementSize;

    public MemoryWalk(Network network, Mode mode, Shape batch)
    {
        this.mode = mode;
        elementSize = (network.NamedParameters() is [var (_, first), ..] ? first.Value.DType : DType.Float32).Size();
        BatchBytes = SizeOf(batch);

        // The batch is there already; the pass makes no memory for it.
        Through(network, new Flow(batch, 0, IsData: true), held: 0);
    }

    /// <summary>Bytes of the samples.</summary>
    public long BatchBytes { get; }

    /// <summary>Bytes of all tensors that layers hand on.</summary>
    public long Made { get; private set; }

    /// <summary>The most bytes alive at a time when nothing is kept for the way back.</summary>
    public long LargestForward { get; private set; }

    /// <summary>The most bytes of ∂L/∂y and ∂L/∂x alive at a time.</summary>
    public long LargestBackward { get; private set; }

    private Flow Through(Layer layer, Flow x, long held) => layer switch
    {
        Network network => Chain(network, x, held),
        { Children.Count: > 0 } => SideBySide(layer, x, held),
        _ => Single(layer, x, held),
    };

    private Flow Chain(Network network, Flow x, long held)
    {
        for (int i = 0; i < network.Children.Count; i++)
        {
            Layer layer = network.Children[i];
            Layer? activation = layer is IFusesActivation && i + 1 < network.Children.Count && network.Children[i + 1] is IActivationLayer
                ? network.Children[++i]
                : null;
            x = Through(layer, x, held);
            if (activation is not null)
            {
                Backward(held + (2 * SizeOf(x.Shape)));
            }
        }

        return x;
    }

    // Layers that all look at x, and whose outputs the container puts together.
    private Flow SideBySide(Layer container, Flow x, long held)
    {
        Shape output = container.OutputShape(x.Shape);
        bool goesBack = mode == Mode.Training;

        // Forward x stays until the last child has seen it, and on the way back ∂L/∂y; what comes of each child waits for the others.
        long besides = held + (goesBack ? SizeOf(output) : x.Bytes);
        foreach (Layer child in container.Children)
        {
            Flow y = Through(child, new Flow(x.Shape, 0), besides);
            besides += goesBack ? SizeOf(x.Shape) : y.Bytes;
        }

        Forward(besides + SizeOf(output));
        Backward(besides + SizeOf(x.Shape));
        return Make(output);
    }

    private Flow Single(Layer layer, Flow x, long held)
    {
        Shape output = layer.OutputShape(x.Shape);
        if (HandsOn(layer))
        {
            return new Flow(output, x.Bytes);
        }

        Forward(held + x.Bytes + SizeOf(output));
        Backward(held + SizeOf(output) + (x.IsData ? 0 : SizeOf(x.Shape)));
        return Make(output);
    }

    // Layers whose output is their input's memory.
    private bool HandsOn(Layer layer) => layer is Flatten || (layer is Dropout dropout && (mode == Mode.Inference || dropout.Rate == 0));

    private Flow Make(Shape shape)
    {
        Made += SizeOf(shape);
        return new Flow(shape, SizeOf(shape));
    }

    private void Forward(long alive) => LargestForward = Math.Max(LargestForward, alive);

    private void Backward(long alive) => LargestBackward = Math.Max(LargestBackward, alive);

    private long SizeOf(Shape shape) => (long)shape.ElementCount * elementSize;

    // A tensor on its way: its shape, the memory that the pass has made for it, and whether it is what the network was given,
    // for which nobody asks a gradient.
    private readonly record struct Flow(Shape Shape, long Bytes, bool IsData = false);
}
