using Engine.Layers;
using Engine.Tensors;

namespace Engine.Losses;

/// <summary>A loss that is smooth in pieces, with kinks where they meet: an absolute error at 0, a hinge at its margin.</summary>
/// <remarks>What <see cref="IPiecewise"/> is for a layer.</remarks>
public interface IPiecewiseLoss
{
    /// <summary>Which piece each part of the loss is on; as long as no number changes, it is smooth.</summary>
    /// <param name="prediction">The prediction, in main memory.</param>
    /// <param name="target">The target.</param>
    IEnumerable<int> Pieces(Tensor prediction, Tensor target);
}
