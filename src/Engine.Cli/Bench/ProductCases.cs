using Engine.Backends;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>Matrix products.</summary>
/// <param name="dtype">Float32 or Float64.</param>
internal sealed class ProductCases(DType dtype)
{
    /// <summary>y = a·b with a: M×K, b: K×N.</summary>
    public KernelCase Product(int m, int k, int n, bool transposeA = false, bool transposeB = false)
    {
        string transposed = transposeA ? " TN" : transposeB ? " NT" : "";
        double numbers = ((double)m * k) + ((double)k * n) + ((double)m * n);
        return new KernelCase(
            $"product {m}x{k}x{n}{transposed}",
            $"{m}×{k} · {k}×{n}{(transposeA ? ", the left one transposed" : transposeB ? ", the right one transposed" : "")}",
            2.0 * m * n * k,
            numbers * dtype.Size(),
            () =>
            {
                Philox random = new(1);
                Tensor a = transposeA ? KernelCase.Uniform(random, dtype, k, m) : KernelCase.Uniform(random, dtype, m, k);
                Tensor b = transposeB ? KernelCase.Uniform(random, dtype, n, k) : KernelCase.Uniform(random, dtype, k, n);
                Tensor y = new([m, n], dtype);
                return () => Backend.Of(a, b).MatMul(a, b, y, transposeA, transposeB);
            });
    }
}
