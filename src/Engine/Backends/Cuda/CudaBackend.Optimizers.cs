using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void SgdStep(ReadOnlySpan<SgdItem> items, double rate, double momentum, Tensor? guard = null)
    {
        Require.Sgd(items, momentum, guard);
        for (int first = 0; first < items.Length; first += TensorTable.Rows)
        {
            DType dtype = items[0].Theta.DType;
            Require.Float32(items[0].Theta);
            TensorTable table = default;
            foreach (SgdItem item in items.Slice(first, Math.Min(TensorTable.Rows, items.Length - first)))
            {
                int size = item.Theta.ElementCount;
                table.Add(size, Tiles(dtype, size), AddressOf(item.Gradient), AddressOf(item.Theta), AddressOf(item.Velocity));
            }

            if (momentum == 0)
            {
                LaunchTable("optimizers", "sgd_step", dtype, &table, Scalar(dtype, rate), At(guard));
            }
            else
            {
                LaunchTable("optimizers", "momentum_step", dtype, &table, Scalar(dtype, rate), Scalar(dtype, momentum), At(guard));
            }
        }
    }

    /// <inheritdoc/>
    public override void AdamStep(ReadOnlySpan<AdamItem> items, in AdamSettings settings, long step, Tensor? guard = null)
    {
        Require.Adam(items, step, guard);
        for (int first = 0; first < items.Length; first += TensorTable.Rows)
        {
            DType dtype = items[0].Theta.DType;
            TensorTable table = default;
            foreach (AdamItem item in items.Slice(first, Math.Min(TensorTable.Rows, items.Length - first)))
            {
                int size = item.Theta.ElementCount;
                table.Add(
                    size, Tiles(dtype, size), AddressOf(item.Gradient), AddressOf(item.Theta), AddressOf(item.M), AddressOf(item.V));
            }

            if (Require.Float32(items[0].Theta))
            {
                AdamConstants<float> constants = new(settings, step);
                LaunchTable("optimizers", "adam_step", dtype, &table, KernelArgument.Structure(&constants), At(guard));
            }
            else
            {
                AdamConstants<double> constants = new(settings, step);
                LaunchTable("optimizers", "adam_step", dtype, &table, KernelArgument.Structure(&constants), At(guard));
            }
        }
    }
}
