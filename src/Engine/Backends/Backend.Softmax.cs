using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>yᵢ = e^(xᵢ − m) / Σⱼ e^(xⱼ − m) along the last axis, with m = max x, so that nothing overflows.</summary>
    public abstract void SoftmaxForward(Tensor x, Tensor y);

    /// <summary>dxᵢ = yᵢ·(gᵢ − Σⱼ gⱼ·yⱼ) along the last axis.</summary>
    public abstract void SoftmaxBackward(Tensor y, Tensor g, Tensor dx);

    /// <summary>
    /// Cross-entropy of softmax(x) against targets, averaged over the N rows of x:
    /// loss = 1/N · Σₙ Σ_c t[n,c]·(logΣⱼ e^x[n,j] − x[n,c]). Also gives the probabilities p = softmax(x).
    /// </summary>
    /// <param name="x">Logits, N×C.</param>
    /// <param name="targets">Distributions of x's shape and type, or class labels, Int32 of shape N, each in 0 … C − 1.</param>
    /// <param name="probabilities">N×C.</param>
    /// <param name="loss">A scalar.</param>
    /// <remarks>
    /// A label that is not in 0 … C − 1: in main memory it is refused. On a CUDA device a kernel meets it, which cannot
    /// refuse and for which nobody waits: there it makes the loss NaN, and in the backward pass its row of dx, so that
    /// training stops; nothing is read or written out of bounds.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">A label in main memory is not in 0 … C − 1.</exception>
    public abstract void SoftmaxCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss);

    /// <summary>dx[n,c] = (p[n,c]·Σⱼ t[n,j] − t[n,c]) / N; the sum is 1 for a label or a proper distribution.</summary>
    /// <inheritdoc cref="SoftmaxCrossEntropyForward" path="/remarks"/>
    /// <inheritdoc cref="SoftmaxCrossEntropyForward" path="/exception"/>
    public abstract void SoftmaxCrossEntropyBackward(Tensor probabilities, Tensor targets, Tensor dx);

    /// <summary>
    /// Cross-entropy of logistic(x) against targets t in [0, 1], averaged over all elements:
    /// loss = mean(max(x, 0) − x·t + ln(1 + e^−|x|)). Also gives the probabilities p = logistic(x).
    /// </summary>
    public abstract void LogisticCrossEntropyForward(Tensor x, Tensor targets, Tensor probabilities, Tensor loss);
}
