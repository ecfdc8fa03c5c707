namespace Engine.Backends.Cuda;

/// <summary>A library that multiplies matrices in place of the engine's own kernels.</summary>
internal interface IMatrixLibrary : IDisposable
{
    /// <summary>Queues y = op(a)·op(b), or y += op(a)·op(b). Bias and activation are the caller's.</summary>
    void Multiply(in MatrixProduct product, bool accumulate);
}
