using Engine.Layers;
using Engine.Networks.Frozen;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>Has the kernels of a network compiled on a second processor while its first answer is under way on the first.</summary>
/// <remarks>
/// <para>A small network answers in microseconds, but not the first time: each layer's kernels are compiled when they are first
/// run, for the vectors that this processor has, one to eight milliseconds each and layer after layer. All that time the
/// other processors have nothing to do. So another thread goes through the layers, too, from the last to the first, and runs
/// each on zeros; the answer begins at the first, and somewhere in the middle the two meet. From there on the one finds
/// compiled what it needs, and the other has nothing left to compile. No answer changes by it.</para>
/// <para>Layers that take longer to compute than to compile are passed over.</para>
/// </remarks>
internal sealed class EarlyCompilation : IDisposable
{
    // About a millisecond's worth on one processor.
    private const long MostMultiplyAdds = 20_000_000;

    private readonly List<(Layer Layer, Shape Input)> layers = [];
    private readonly DType dtype;
    private readonly Thread thread;
    private volatile bool isOver;

    private EarlyCompilation(FrozenNetwork network, Shape input, DType dtype)
    {
        this.dtype = dtype;
        foreach (Layer layer in network.Children)
        {
            if (layer.MultiplyAdds(input) <= MostMultiplyAdds)
            {
                layers.Add((layer, input));
            }

            input = layer.OutputShape(input);
        }

        thread = new Thread(Run) { IsBackground = true, Name = "early compilation" };
        thread.Start();
    }

    /// <summary>True once no further layer is begun.</summary>
    internal bool IsOver => isOver;

    /// <summary>Begins, where it is of use: for a network in main memory, on a machine of more than one processor.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">The shape of the input that it is about to be given, batch size first.</param>
    public static EarlyCompilation? Begin(FrozenNetwork network, Shape input)
    {
        Tensor? weight = network.NamedParameters().FirstOrDefault().Parameter?.Value;
        return weight?.Device == Device.Cpu && Environment.ProcessorCount > 1 ? new EarlyCompilation(network, input, weight.DType) : null;
    }

    /// <summary>Ends it, at the latest when the layer under way is done.</summary>
    public void Dispose()
    {
        isOver = true;
        thread.Join();
    }

    private void Run()
    {
        Pass pass = new(Mode.Inference);
        for (int i = layers.Count - 1; i >= 0 && !isOver; i--)
        {
            (Layer layer, Shape input) = layers[i];
            layer.Forward(Tensor.Zeros(input, dtype), pass);
        }
    }
}
