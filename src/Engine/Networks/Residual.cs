using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks;

/// <summary>Residual block: y = body(x) + shortcut(x), the shortcut being the identity unless one is given.</summary>
/// <remarks>
/// A sum hands its gradient to both terms, so ∂L/∂x = body.Backward(g) + shortcut.Backward(g), for the identity + g: a
/// path on which no gradient can vanish. (He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016.)
/// </remarks>
public sealed class Residual : Layer, IFusesActivation
{
    private readonly Layer body;
    private readonly Layer? shortcut;

    /// <summary>A block.</summary>
    /// <param name="body">What learns the difference.</param>
    /// <param name="shortcut">What brings x to the body's output shape where they differ, such as a 1×1 convolution.</param>
    public Residual(Layer body, Layer? shortcut = null)
    {
        this.body = body;
        this.shortcut = shortcut;
        if (!body.HasName)
        {
            body.Name = "body";
        }

        if (shortcut is { HasName: false })
        {
            shortcut.Name = "shortcut";
        }

        Children = shortcut is null ? [body] : [body, shortcut];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Children { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        Shape ofBody = body.OutputShape(input), ofShortcut = shortcut?.OutputShape(input) ?? input;
        return ofBody == ofShortcut
            ? ofBody
            : throw Mismatch($"the body gives {ofBody} and the shortcut {ofShortcut}; to be added they must agree.");
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass) => Forward(x, pass, activation: null);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x, Pass pass, Activation? activation)
    {
        OutputShape(x.Shape);
        StepMark begin = StepMark.Now(x.Device);
        Tensor difference = pass.Forward(body, x);
        return Sum(difference, shortcut is null ? x : pass.Forward(shortcut, x), into: pass.Reuse(difference, begin), activation);
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        // The shortcut went forward last, so it goes back first.
        StepMark begin = StepMark.Now(g.Device);
        Tensor throughShortcut = shortcut is null ? g : pass.Backward(shortcut, g), throughBody = pass.Backward(body, g);
        return Sum(throughShortcut, throughBody, into: pass.Reuse(throughBody, begin));
    }

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => body.MultiplyAdds(input) + (shortcut?.MultiplyAdds(input) ?? 0);

    private static Tensor Sum(Tensor a, Tensor b, Tensor into, Activation? activation = null)
    {
        Backend.Of(a, b).Binary(BinaryOperation.Add, a, b, into, activation);
        return into;
    }
}
