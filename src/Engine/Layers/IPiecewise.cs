using Engine.Tensors;

namespace Engine.Layers;

/// <summary>
/// A layer whose function is smooth in pieces, with kinks where the pieces meet: a rectifier at 0, a maximum where two
/// elements are equal.
/// </summary>
/// <remarks>
/// On a kink there is no derivative, and a difference quotient taken across one means nothing. A gradient check asks the
/// layer which pieces it is on before and after each small step, and believes the quotient only where they agree.
/// </remarks>
public interface IPiecewise
{
    /// <summary>Which piece each part of the layer is on for an input; as long as no number changes, the layer is smooth.</summary>
    /// <param name="x">The input, in main memory.</param>
    IEnumerable<int> Pieces(Tensor x);
}
