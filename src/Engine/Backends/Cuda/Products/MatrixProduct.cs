using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>A matrix product in device memory: y = op(a)·op(b), or a batch of such whose matrices lie one after the other.</summary>
/// <param name="Type">Float32 or Float64.</param>
/// <param name="Batch">How many products.</param>
/// <param name="M">Rows of y.</param>
/// <param name="N">Columns of y.</param>
/// <param name="K">What is summed over.</param>
/// <param name="TransposeA">Whether a is stored as K×M.</param>
/// <param name="TransposeB">Whether b is stored as N×K.</param>
/// <param name="SharedB">Whether one b serves the whole batch.</param>
/// <param name="A">Address of the first a.</param>
/// <param name="B">Address of the first b.</param>
/// <param name="Y">Address of the first y.</param>
internal readonly record struct MatrixProduct(
    DType Type, int Batch, int M, int N, int K, bool TransposeA, bool TransposeB, bool SharedB, nint A, nint B, nint Y)
{
    /// <summary>Numbers in all results together.</summary>
    public int Count => Batch * M * N;
}
