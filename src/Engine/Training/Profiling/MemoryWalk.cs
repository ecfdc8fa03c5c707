using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;
using Parallel = Engine.Networks.Parallel;

namespace Engine.Training;

/// <summary>Goes through a network's shapes, forward and back as a pass would, and keeps the books of what its layers take, save and give up.</summary>
/// <remarks>
/// Of the engine's own layers it knows what they make and save. Of others it supposes the usual: an output, the input and
/// the output saved, and a gradient like the input.
/// </remarks>
internal sealed class MemoryWalk
{
    private readonly MemoryLedger ledger = new();
    private readonly Mode mode;
    private readonly int elementSize;

    // What a layer has to know of its way forward on its way back.
    private readonly Stack<Trace> traces = new();

    public MemoryWalk(Network network, Mode mode, Shape batch)
    {
        this.mode = mode;
        elementSize = (network.NamedParameters() is [var (_, first), ..] ? first.Value.DType : DType.Float32).Size();
        BatchBytes = SizeOf(batch);
        Flow scores = Forward(network, new Flow(batch, new MemoryLedger.Piece(BatchBytes, IsOfStep: false)), givenUp: false);
        Saved = ledger.Saved;
        if (mode == Mode.Training)
        {
            // Of the loss: probabilities, the loss itself, and the gradient it begins with, of the scores' shape.
            Make(scores.Shape);
            ledger.Make(elementSize);
            Backward(network, Make(scores.Shape), givenUp: false, wanted: false);
        }
    }

    /// <summary>Bytes of the samples.</summary>
    public long BatchBytes { get; }

    /// <summary>Bytes that are kept for the way back.</summary>
    public long Saved { get; }

    /// <summary>The most bytes at a time.</summary>
    public long Peak => ledger.Peak;

    private bool Trains => mode == Mode.Training;

    private Flow Forward(Layer layer, Flow x, bool givenUp)
    {
        switch (layer)
        {
            case Network network:
                return Chain(network, x);
            case Residual block:
                return Block(block, x);
            case Parallel parallel:
                return SideBySide(parallel, x);
            case Flatten:
                Save(x);
                return new Flow(layer.OutputShape(x.Shape), x.Piece, IsView: true);
            case Dropout dropout when !Trains || dropout.Rate == 0:
                return x;
            case Dropout:
                MemoryLedger.Piece mask = ledger.Make(x.Piece.Bytes);
                Save(mask);
                Flow masked = Over(x, givenUp);
                ledger.LetGo(mask);
                return masked;
            case IActivationLayer:
                Flow activated = Over(x, givenUp);
                Save(activated);
                return activated;
            default:
                return Single(layer, x);
        }
    }

    // A layer that makes an output of its own.
    private Flow Single(Layer layer, Flow x)
    {
        Flow y = Make(layer.OutputShape(x.Shape));
        List<MemoryLedger.Piece> own = [];
        switch (layer)
        {
            case Softmax:
                Save(y);
                traces.Push(new Trace(x.Shape, Saves: 1));
                return y;
            case MaxPooling2D:
                own.Add(ledger.Make((long)y.Shape.ElementCount * sizeof(int)));
                break;
            case BatchNormalization normalization when Trains:
                own.Add(ledger.Make((long)normalization.Channels * elementSize));
                own.Add(ledger.Make((long)normalization.Channels * elementSize));
                break;
            case Dense or Conv2D or BatchNormalization or AveragePooling2D or GlobalAveragePooling2D:
                break;
            default:
                own.Add(y.Piece);
                break;
        }

        Save(x);
        traces.Push(new Trace(x.Shape, 1 + own.Count));
        foreach (MemoryLedger.Piece piece in own)
        {
            Save(piece);
            if (piece != y.Piece)
            {
                ledger.LetGo(piece);
            }
        }

        return y;
    }

    private Flow Chain(Network network, Flow x)
    {
        MemoryLedger.Piece given = x.Piece;
        Range? sourceOfX = null;
        for (int i = 0; i < network.Children.Count; i++)
        {
            bool own = x.Piece != given;
            Layer layer = network.Children[i];
            Range source;
            int first = ledger.SavedCount;
            Flow y;
            if (layer is IFusesActivation && i + 1 < network.Children.Count && network.Children[i + 1] is IActivationLayer)
            {
                y = layer is Residual block ? Block(block, x) : Single(layer, x);
                source = first..ledger.SavedCount;
                Save(y);
                i++;
            }
            else
            {
                y = Forward(layer, x, givenUp: own);
                source = first..ledger.SavedCount;
            }

            GiveUp(x, own, keeping: y);
            if (Trains && sourceOfX is { } saved)
            {
                ledger.Forget(x.Piece, saved);
            }

            (x, sourceOfX) = (y, layer is IRecomputable ? source : null);
        }

        return x;
    }

    private Flow Block(Residual block, Flow x)
    {
        Flow difference = Forward(block.Children[0], x, givenUp: false);
        Flow straight = block.Children.Count > 1 ? Forward(block.Children[1], x, givenUp: false) : x;
        Flow y = Over(difference, givenUp: difference.Piece != x.Piece);
        GiveUp(difference, difference.Piece != x.Piece, keeping: y);
        GiveUp(straight, straight.Piece != x.Piece, keeping: y);
        return y;
    }

    private Flow SideBySide(Parallel parallel, Flow x)
    {
        Flow y = Make(parallel.OutputShape(x.Shape));
        foreach (Layer branch in parallel.Children)
        {
            Flow part = Forward(branch, x, givenUp: false);
            GiveUp(part, part.Piece != x.Piece, keeping: y);
        }

        Save(x);
        traces.Push(new Trace(x.Shape, Saves: 1));
        return y;
    }

    private Flow Backward(Layer layer, Flow g, bool givenUp, bool wanted)
    {
        switch (layer)
        {
            case Network network:
                return ChainBack(network, g, wanted);
            case Residual block:
                Flow throughShortcut = block.Children.Count > 1 ? Backward(block.Children[1], g, givenUp: false, wanted: true) : g;
                Flow throughBody = Backward(block.Children[0], g, givenUp: false, wanted: true);
                Flow sum = Over(throughBody, givenUp: throughBody.Piece != g.Piece);
                GiveUp(throughBody, throughBody.Piece != g.Piece, keeping: sum);
                GiveUp(throughShortcut, throughShortcut.Piece != g.Piece, keeping: sum);
                return sum;
            case Parallel parallel:
                return SideBySideBack(parallel, g);
            case Flatten:
                ledger.Release(ledger.Restore());
                return g;
            case Dropout dropout when dropout.Rate == 0:
                return g;
            case Dropout or IActivationLayer:
                MemoryLedger.Piece saved = ledger.Restore();
                Flow dx = Over(g, givenUp);
                ledger.Release(saved);
                return dx;
            default:
                Trace trace = traces.Pop();
                MemoryLedger.Piece[] restored = [.. Enumerable.Range(0, trace.Saves).Select(_ => ledger.Restore())];
                dx = Make(trace.X);
                Array.ForEach(restored, ledger.Release);
                return dx;
        }
    }

    private Flow ChainBack(Network network, Flow g, bool wanted)
    {
        MemoryLedger.Piece given = g.Piece;
        for (int i = network.Children.Count - 1; i >= 0; i--)
        {
            bool own = g.Piece != given;
            Layer layer = network.Children[i];
            Flow dx;
            if (i > 0 && layer is IActivationLayer && network.Children[i - 1] is BatchNormalization)
            {
                // Both at once, into the gradient's own memory: what the activation saved is needed to the end.
                MemoryLedger.Piece y = ledger.Restore();
                MemoryLedger.Piece[] restored = [.. Enumerable.Range(0, traces.Pop().Saves).Select(_ => ledger.Restore())];
                dx = Over(g, own);
                Array.ForEach(restored, ledger.Release);
                ledger.Release(y);
                i--;
            }
            else
            {
                dx = Backward(layer, g, own, i > 0 || wanted);
            }

            GiveUp(g, own, keeping: dx);
            g = dx;
        }

        return g;
    }

    private Flow SideBySideBack(Parallel parallel, Flow g)
    {
        Trace trace = traces.Pop();
        MemoryLedger.Piece x = ledger.Restore();
        Flow? sum = null;
        for (int i = parallel.Children.Count - 1; i >= 0; i--)
        {
            Flow part = Make(parallel.Children[i].OutputShape(trace.X)), dx = Backward(parallel.Children[i], part, givenUp: true, wanted: true);
            GiveUp(part, own: true, keeping: dx);
            if (sum is { } before)
            {
                Flow together = Over(before, givenUp: true);
                GiveUp(before, own: true, keeping: together);
                GiveUp(dx, own: true, keeping: together);
                dx = together;
            }

            sum = dx;
        }

        ledger.Release(x);
        return sum!.Value;
    }

    // A result that is written over the input where that may be.
    private Flow Over(Flow x, bool givenUp)
    {
        if (!givenUp || !x.Piece.IsOnlyHeld)
        {
            return Make(x.Shape);
        }

        x.Piece.IsAsMade = false;
        return x;
    }

    private void GiveUp(Flow flow, bool own, Flow keeping)
    {
        if (own && flow.Piece != keeping.Piece)
        {
            ledger.LetGo(flow.Piece);
        }
    }

    private void Save(Flow flow)
    {
        flow.Piece.IsAsMade &= !flow.IsView;
        Save(flow.Piece);
    }

    private void Save(MemoryLedger.Piece piece)
    {
        if (Trains)
        {
            ledger.Save(piece);
        }
    }

    private Flow Make(Shape shape) => new(shape, ledger.Make(SizeOf(shape)));

    private long SizeOf(Shape shape) => (long)shape.ElementCount * elementSize;

    // A tensor on its way; IsView: under another shape than it was made.
    private readonly record struct Flow(Shape Shape, MemoryLedger.Piece Piece, bool IsView = false);

    // X: the shape of the input. Saves: how many tensors were saved.
    private readonly record struct Trace(Shape X, int Saves);
}
