using System.Numerics;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void MatMul(
        Tensor a, Tensor b, Tensor y, bool transposeA = false, bool transposeB = false, Tensor? bias = null, bool accumulate = false)
    {
        MatMulShape sizes = MatMulShape.Sizes(a.Shape, b.Shape, transposeA, transposeB);
        RequireProduct(sizes, a, b, y, transposeA, transposeB, bias);
        if (y.DType == DType.Float32)
        {
            MatMul<float>(sizes, a, b, y, transposeA, transposeB, bias, accumulate);
        }
        else
        {
            MatMul<double>(sizes, a, b, y, transposeA, transposeB, bias, accumulate);
        }
    }

    private static void MatMul<T>(
        MatMulShape sizes, Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, Tensor? bias, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* pa = a.AsSpan<T>(), pb = b.AsSpan<T>(), py = y.AsSpan<T>(), pBias = bias is null ? [] : bias.AsSpan<T>())
        {
            (int batch, int m, int n, int k, bool shared) = sizes;
            for (int z = 0; z < batch; z++)
            {
                T* az = pa + ((nint)z * m * k), bz = shared ? pb : pb + ((nint)z * k * n), yz = py + ((nint)z * m * n);
                for (int i = 0; i < m; i++)
                {
                    T* row = yz + ((nint)i * n);
                    for (int j = 0; j < n; j++)
                    {
                        row[j] = (accumulate ? row[j] : T.Zero) + (pBias is null ? T.Zero : pBias[j]);
                    }

                    for (int l = 0; l < k; l++)
                    {
                        T factor = transposeA ? az[((nint)l * m) + i] : az[((nint)i * k) + l];
                        for (int j = 0; j < n; j++)
                        {
                            row[j] += factor * (transposeB ? bz[((nint)j * k) + l] : bz[((nint)l * n) + j]);
                        }
                    }
                }
            }
        }
    }

    private static void RequireProduct(
        MatMulShape sizes, Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, Tensor? bias)
    {
        Shape expected = MatMulShape.Of(a.Shape, b.Shape, transposeA, transposeB);
        if (y.Shape != expected)
        {
            throw new ShapeException($"MatMul of {a.Shape} and {b.Shape} gives {expected}, the destination has {y.Shape}.");
        }

        if (bias is not null && bias.ElementCount != sizes.N)
        {
            throw new ShapeException($"MatMul: a product of {sizes.N} columns needs a bias of {sizes.N} numbers, given {bias.Shape}.");
        }

        RequireOneFloatType("MatMul", a, b, y, bias);
    }
}
