using Engine.Tensors;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void CountNonFinite(ReadOnlySpan<Tensor> tensors, Tensor count)
    {
        Require.Counter(count);
        DType dtype = Require.OneType(tensors);
        for (int first = 0; first < tensors.Length; first += TensorTable.Rows)
        {
            Require.Float32(tensors[first]);
            TensorTable table = TableOf(tensors, first);
            LaunchTable("finite", "count_nonfinite", dtype, &table, At(count));
        }
    }
}
