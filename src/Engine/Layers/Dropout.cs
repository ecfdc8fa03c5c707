using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Dropout: while training, sets each element to 0 with probability p and scales the others by 1/(1 − p).</summary>
/// <remarks>
/// With a mask mᵢ of 0 or 1/(1 − p), drawn anew each pass, y = m·x, so ∂L/∂x = m·g. The scale keeps the expectation:
/// E[y] = x; in inference y = x. (Srivastava et al., "Dropout: a simple way to prevent neural networks from
/// overfitting", 2014, here inverted as is usual; decks F, S with p = 0, 0.2, 0.4.)
/// </remarks>
public sealed class Dropout : ElementwiseLayer
{
    /// <summary>A dropout layer.</summary>
    /// <param name="rate">p, 0 ≤ p &lt; 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not in [0, 1).</exception>
    public Dropout(double rate)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");
        }

        Rate = rate;
    }

    /// <summary>p, the probability that an element is dropped.</summary>
    public double Rate { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        if (pass.Mode == Mode.Inference || Rate == 0)
        {
            return x;
        }

        Philox random = pass.Random;
        Tensor mask = Tensor.Like(x);
        Backend.Of(x).DropoutMask(random.Seed, random.Stream, random.Position, Rate, mask);
        random.Position += (ulong)x.ElementCount;
        pass.Save(mask);
        return Masked(x, mask, pass);
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass) =>
        pass.Mode == Mode.Inference || Rate == 0 ? g : Masked(g, pass.Restore(), pass);

    private static Tensor Masked(Tensor x, Tensor mask, Pass pass)
    {
        Tensor y = pass.Reuse(x);
        Backend.Of(x).Binary(BinaryOperation.Multiply, x, mask, y);
        return y;
    }
}
