using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>Something other than the engine's kernels that does convolutions. It may not have all of them.</summary>
internal interface IConvolutionLibrary : IDisposable
{
    /// <summary>Queues y = x ∗ w, if it has it. Bias and activation are the caller's.</summary>
    bool TryForward(Tensor x, Tensor w, in Window window, int groups, Tensor y);

    /// <summary>Queues the adjoint in x, if it has it.</summary>
    bool TryBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx);

    /// <summary>Queues the adjoint in w, which overwrites dw or is added to it, if it has it.</summary>
    bool TryBackwardWeights(Tensor x, Tensor g, in Window window, int groups, Tensor dw, bool accumulate);
}
