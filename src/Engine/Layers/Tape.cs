using System.Runtime.InteropServices;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>What a pass has saved for the way back, last in, first out. Some of it is forgotten in between, and worked out again.</summary>
internal sealed class Tape
{
    private readonly List<Tensor> saved = new(32);
    private readonly List<Recipe> forgotten = [];

    /// <summary>How many tensors are saved.</summary>
    public int Count => saved.Count;

    /// <summary>Those that are in memory.</summary>
    public IEnumerable<Tensor> Present => saved.Where(tensor => PlaceOf(tensor) < 0);

    /// <summary>Saves a tensor.</summary>
    public void Push(Tensor tensor)
    {
        saved.Add(tensor);
        tensor.Piece?.Retain();
    }

    /// <summary>Takes back the tensor saved last; null where there is none.</summary>
    public Tensor? Pop()
    {
        int last = saved.Count - 1;
        if (last < 0)
        {
            return null;
        }

        Remember(saved[last]);
        Tensor tensor = saved[last];
        saved.RemoveAt(last);
        return tensor;
    }

    /// <summary>
    /// Gives back the memory of a layer's output if nobody but the tape needs it any more, and if it is what the layer has
    /// made: not written over, nor looked at through a view.
    /// </summary>
    public void Forget(in Recipe recipe)
    {
        if (recipe.Output?.Piece is not { IsAsMade: true } piece)
        {
            return;
        }

        int uses = 0;
        for (int i = recipe.End; i < saved.Count; i++)
        {
            uses += ReferenceEquals(saved[i], recipe.Output) ? 1 : 0;
        }

        if (uses == piece.Uses)
        {
            forgotten.Add(recipe);
            for (; uses > 0; uses--)
            {
                piece.Release();
            }
        }
    }

    // What the layer saved lies below its output on the tape, so it is still there; but it may be forgotten itself.
    private void Remember(Tensor tensor)
    {
        int place = PlaceOf(tensor);
        if (place < 0)
        {
            return;
        }

        Recipe recipe = forgotten[place];
        forgotten.RemoveAt(place);
        for (int i = recipe.Begin; i < recipe.End; i++)
        {
            Remember(saved[i]);
        }

        Tensor again = recipe.Layer.Recompute(CollectionsMarshal.AsSpan(saved)[recipe.Begin..recipe.End], recipe.Activation);
        for (int i = recipe.End; i < saved.Count; i++)
        {
            if (ReferenceEquals(saved[i], tensor))
            {
                saved[i] = again;
                again.Piece?.Retain();
            }
        }

        again.Piece?.LetGo();
    }

    private int PlaceOf(Tensor tensor)
    {
        for (int i = forgotten.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(forgotten[i].Output, tensor))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>How a tensor can be worked out again.</summary>
    /// <param name="Layer">By whom.</param>
    /// <param name="Activation">The activation applied beside.</param>
    /// <param name="Output">The tensor; null for no recipe.</param>
    /// <param name="Begin">Where on the tape what the layer saved begins.</param>
    /// <param name="End">Where it ends.</param>
    internal readonly record struct Recipe(IRecomputable Layer, Activation? Activation, Tensor? Output, int Begin, int End);
}
