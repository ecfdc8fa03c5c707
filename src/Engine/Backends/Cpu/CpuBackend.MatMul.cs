using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

// The public face of the matrix product: checks, pointers, strides. A transpose is two strides exchanged, a batch that
// shares b one tall matrix. The work is done in Gemm/, from the outside in: MatrixProduct cuts y into jobs, BlockProduct
// walks through a job in the order the caches like, MicroKernel computes one tile in registers; Panels holds b in the
// form in which the tiles read it, and DotKernel takes over where transposing b would not pay.
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void MatMul(
        Tensor a,
        Tensor b,
        Tensor y,
        bool transposeA = false,
        bool transposeB = false,
        Tensor? bias = null,
        bool accumulate = false,
        Activation? activation = null)
    {
        MatMulShape sizes = Require.Product(a, b, y, transposeA, transposeB, bias, accumulate, activation);
        if (y.DType == DType.Float32)
        {
            MatMul<float>(sizes, a, b, y, transposeA, transposeB, bias, accumulate);
        }
        else
        {
            MatMul<double>(sizes, a, b, y, transposeA, transposeB, bias, accumulate);
        }

        ActivateInPlace(activation, y);
    }

    private static void MatMul<T>(
        MatMulShape sizes, Tensor a, Tensor b, Tensor y, bool transposeA, bool transposeB, Tensor? bias, bool accumulate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* pa = a.AsSpan<T>(), pb = b.AsSpan<T>(), py = y.AsSpan<T>(), pBias = bias is null ? [] : bias.AsSpan<T>())
        {
            (int batch, int m, int n, int k, bool shared) = sizes;
            if (shared && !transposeA)
            {
                // One b for all: the batch is one tall matrix.
                (batch, m) = (1, batch * m);
            }

            Product<T> product = new()
            {
                M = m,
                N = n,
                K = k,
                A = pa,
                ARow = transposeA ? 1 : k,
                AStep = transposeA ? m : 1,
                B = pb,
                BStep = transposeB ? 1 : n,
                BColumn = transposeB ? k : 1,
                Start = accumulate ? py : pBias,
                StartRow = accumulate ? n : 0,
                Y = py,
                YRow = n,
            };
            MatrixProduct.RunBatch(product, batch, (nint)m * k, shared ? 0 : (nint)k * n, (nint)m * n);
        }
    }

    private void ActivateInPlace(Activation? activation, Tensor y)
    {
        if (activation is { } f)
        {
            ActivationForward(f, y, y);
        }
    }
}
