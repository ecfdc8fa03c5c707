using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>A layer whose output can be worked out again, cheaply and to the last bit, from what the layer has saved.</summary>
/// <remarks>
/// The next layer saves that output for its own way back, so twice as much is kept as is known: a normalization's input x and
/// its y = f(γ·x̂ + β). Within a step the pass then forgets y once the next layer has run, and asks for it again just
/// before that layer goes back. Memory is bought with work, which is worth it where the work is one pass over memory beside
/// a convolution's many. (Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost", 2016, do so
/// with whole stretches of a network; Rota Bulò, Porzi and Kontschieder, "In-place activated BatchNorm", 2018, the other way
/// round, x from y.)
/// </remarks>
public interface IRecomputable
{
    /// <summary>The output again.</summary>
    /// <param name="saved">What the layer's Forward has saved, in that order.</param>
    /// <param name="activation">What Forward applied beside, or null.</param>
    Tensor Recompute(ReadOnlySpan<Tensor> saved, Activation? activation);
}
