using Engine.Backends.Cuda;

namespace Engine.Tests.Backends;

/// <summary>A matrix product with operands, and its definition: three loops, one product at a time.</summary>
internal sealed class MatMulCase
{
    private readonly Tensor a;
    private readonly Tensor b;
    private readonly Tensor y;
    private readonly Tensor? bias;
    private readonly bool transposeA;
    private readonly bool transposeB;
    private readonly bool accumulate;
    private readonly MatMulShape sizes;

    public MatMulCase(Philox random, MatMulShape sizes, bool transposeA, bool transposeB, bool bias = false, bool accumulate = false)
    {
        (int batch, int m, int n, int k, bool shared) = sizes;
        (this.sizes, this.transposeA, this.transposeB, this.accumulate) = (sizes, transposeA, transposeB, accumulate);
        a = Fill(random, batch, transposeA ? k : m, transposeA ? m : k);
        b = Fill(random, shared ? 0 : batch, transposeB ? n : k, transposeB ? k : n);
        y = Fill(random, batch, m, n);
        this.bias = bias ? Fill(random, 0, 1, n).Reshape([n]) : null;
    }

    public int K => sizes.K;

    public static MatMulCase Random(Philox random, bool large = false)
    {
        int Size() => random.NextInt(3) switch
        {
            0 => 1 + random.NextInt(9),
            1 => 1 + random.NextInt(70),
            _ => 1 + random.NextInt(130),
        };

        MatMulShape sizes = large
            ? new(1 + random.NextInt(3), 60 + random.NextInt(100), 60 + random.NextInt(200), 60 + random.NextInt(300), random.NextInt(2) == 0)
            : new(random.NextInt(2) == 0 ? 1 : 1 + random.NextInt(4), Size(), Size(), random.NextInt(8) == 0 ? 600 : Size(), random.NextInt(2) == 0);
        int extra = random.NextInt(3);
        return new MatMulCase(random, sizes, random.NextInt(2) == 0, random.NextInt(2) == 0, extra == 1, extra == 2);
    }

    public Tensor Run(DType dtype, Device device = default, Activation? activation = null)
    {
        Tensor result = On(device, y, dtype);
        Backend.Of(device).MatMul(
            On(device, a, dtype), On(device, b, dtype), result, transposeA, transposeB, bias is null ? null : On(device, bias, dtype), accumulate, activation);
        return result;
    }

    /// <summary>Runs the product by a plan of CUDA's.</summary>
    public Tensor Run(DType dtype, Device device, ProductPlan plan)
    {
        Tensor result = On(device, y, dtype), left = On(device, a, dtype), right = On(device, b, dtype);
        Tensor? offset = bias is null ? null : On(device, bias, dtype);
        MatrixProduct product = new(
            dtype, sizes.Batch, sizes.M, sizes.N, sizes.K, transposeA, transposeB, sizes.SharedB, left.Address, right.Address, result.Address);
        ((CudaBackend)Backend.Of(device)).Multiply(plan, product, offset?.Address ?? 0, accumulate);
        return result.To(Device.Cpu);
    }

    public double[] Definition(out double[] magnitude)
    {
        (int batch, int m, int n, int k, bool shared) = sizes;
        double[] result = new double[batch * m * n];
        magnitude = new double[result.Length];
        for (int z = 0; z < batch; z++)
        {
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    int at = (((z * m) + i) * n) + j;
                    double sum = accumulate ? y.GetFlat(at) : bias is null ? 0 : bias.GetFlat(j), size = Math.Abs(sum);
                    for (int l = 0; l < k; l++)
                    {
                        double left = a.GetFlat((z * m * k) + (transposeA ? (l * m) + i : (i * k) + l));
                        double right = b.GetFlat((shared ? 0 : z * k * n) + (transposeB ? (j * k) + l : (l * n) + j));
                        sum += left * right;
                        size += Math.Abs(left * right);
                    }

                    (result[at], magnitude[at]) = (sum, size);
                }
            }
        }

        return result;
    }

    public override string ToString() =>
        $"{sizes}{(transposeA ? " Aᵀ" : "")}{(transposeB ? " Bᵀ" : "")}{(bias is null ? "" : " bias")}{(accumulate ? " accumulate" : "")}";

    // A copy, since results are added to.
    private static Tensor On(Device device, Tensor tensor, DType dtype) => tensor.Clone().To(dtype).To(device);

    // Exact in Float32, so that both types multiply the same numbers.
    private static Tensor Fill(Philox random, int batch, int rows, int columns)
    {
        Tensor tensor = new(batch == 0 ? [rows, columns] : [batch, rows, columns], DType.Float64);
        foreach (ref double value in tensor.AsSpan<double>())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }
}
