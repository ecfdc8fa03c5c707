using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>A residual block with the activation after it: y = f(body(x) + shortcut(x)), added by the body's last layer where it can, otherwise where the body's output lies.</summary>
public sealed class FrozenResidual : FrozenLayer
{
    private readonly Layer body;
    private readonly Layer? shortcut;
    private readonly Activation? activation;

    internal FrozenResidual(string name, Layer body, Layer? shortcut, Activation? activation)
    {
        (Name, this.body, this.shortcut, this.activation) = (name, body, shortcut, activation);
        Children = shortcut is null ? [body] : [body, shortcut];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Layer> Children { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => body.OutputShape(input);

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => body.MultiplyAdds(input) + (shortcut?.MultiplyAdds(input) ?? 0);

    /// <inheritdoc/>
    internal override Tensor Forward(Tensor x, Pass pass, Tensor? into)
    {
        RequireInference(pass);
        StepMark begin = StepMark.Now(x.Device);
        if (body is IFusesAddition { CanAdd: true } fusing && !pass.IsObserved)
        {
            // The sum replaces what is added, memory that the block has just read or written.
            Tensor addend = Straight(x, pass), place = into ?? (shortcut is null ? pass.Reuse(x) : pass.Reuse(addend, begin));
            Tensor sum = fusing.Forward(x, pass, place, addend, activation);
            if (sum.Piece != addend.Piece)
            {
                pass.Release(addend, begin);
            }

            return sum;
        }

        Tensor difference = Run(body, x, pass, into), straight = Straight(x, pass);
        Tensor y = into ?? pass.Reuse(difference, begin);
        Backend.Of(difference, straight).Binary(BinaryOperation.Add, difference, straight, y, activation);
        pass.Release(straight, begin);
        return y;
    }

    private Tensor Straight(Tensor x, Pass pass) => shortcut is null ? x : Run(shortcut, x, pass, into: null);
}
