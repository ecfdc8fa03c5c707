using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

// Kernels that go through memory in packs (kernels/sweep.h), and those that do so with a table of tensors
// (kernels/tensor_table.h).
public sealed unsafe partial class CudaBackend
{
    // A block of few threads: it ends when its slowest does, and sixteen such blocks fill a multiprocessor.
    private const int TileThreads = 128;

    // Each thread moves four packs of 16 bytes.
    private const int TileBytes = TileThreads * 4 * 16;

    private static int Tiles(DType dtype, int count) => CeilingDivide(count, TileBytes / dtype.Size());

    private void LaunchTiles(string family, string kernel, DType dtype, int count, params ReadOnlySpan<KernelArgument> arguments) =>
        Launch(family, kernel, dtype, Tiles(dtype, count), TileThreads, 0, arguments);

    // The kernel's first argument is the table, which has to stay in its place until the launch.
    private void LaunchTable(string family, string kernel, DType dtype, TensorTable* table, params ReadOnlySpan<KernelArgument> arguments)
    {
        Span<KernelArgument> all = stackalloc KernelArgument[arguments.Length + 1];
        all[0] = KernelArgument.Structure(table);
        arguments.CopyTo(all[1..]);
        Launch(family, kernel, dtype, table->Blocks, TileThreads, 0, all);
    }

    // A table of the tensors from one on, as many as fit.
    private TensorTable TableOf(ReadOnlySpan<Tensor> tensors, int first)
    {
        TensorTable table = default;
        for (int i = first; i < Math.Min(first + TensorTable.Rows, tensors.Length); i++)
        {
            Tensor tensor = tensors[i];
            table.Add(tensor.ElementCount, Tiles(tensor.DType, tensor.ElementCount), AddressOf(tensor));
        }

        return table;
    }
}
