using Engine.Backends.Cuda;
using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

/// <summary>Kernels that move packs of 16 bytes, given arrays that do not begin at a multiple of 16, as the engine's own tensors always do.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Cuda))]
public sealed class PacksTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Arrays_that_begin_between_packs_are_moved_all_the_same(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(0, 1)] int a, [Values(0, 1)] int b, [Values(0, 1)] int y)
    {
        const int N = 5000, Threads = 128;
        Philox random = new(6);
        Tensor first = Uniform(random, [N + 1], dtype), second = Uniform(random, [N + 1], dtype), sum = Filled([N + 2], dtype, 7);
        double[] p = Of(first), q = Of(second), expected = [.. Enumerable.Repeat(7.0, N + 2)];
        for (int i = 0; i < N; i++)
        {
            expected[y + i] = dtype == DType.Float32 ? (float)(p[a + i] + q[b + i]) : p[a + i] + q[b + i];
        }

        int perBlock = Threads * 64 / dtype.Size();
        CudaDevice cuda = CudaDevice.Of(Device);
        cuda.Kernel("elementwise", "add", dtype).Launch(
            cuda.Stream, (N + perBlock - 1) / perBlock, Threads, 0, At(first, a), At(second, b), At(sum, y), N);

        AssertEqual(sum, expected);
    }

    private static nint At(Tensor tensor, int element) => tensor.Address + (element * tensor.DType.Size());
}
