using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

// The public face of the matrix product: checks, pointers, strides. A transpose is two strides exchanged, a batch that
// shares b one tall matrix. The work is done in Gemm/, from the outside in: MatrixProduct chooses the way and cuts y into
// jobs, BlockProduct walks through a job in the order the caches like, Strips copies operands into the order in which the
// tiles read them, MicroKernel computes one tile in registers. Two shapes go other ways: DotKernel takes narrow matrices
// and those that are not worth transposing, StreamedProduct the few rows of an answer.
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
            MatMul<float>(sizes, a, b, y, transposeA, transposeB, bias, accumulate, activation);
        }
        else
        {
            MatMul<double>(sizes, a, b, y, transposeA, transposeB, bias, accumulate, activation);
        }
    }

    /// <summary>Applies a product's activation to a block of it that has just been computed.</summary>
    internal static void Activate<T>(in Product<T> block)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (block.Activation)
        {
            case null:
                break;
            case Activation.Relu:
                Activate<T, Relu<T>>(block);
                break;
            case Activation.Logistic:
                Activate<T, Logistic<T>>(block);
                break;
            case Activation.Tanh:
                Activate<T, Tanh<T>>(block);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(block), block.Activation, "Not an Activation.");
        }
    }

    private static void Activate<T, TOperator>(in Product<T> block)
        where T : unmanaged
        where TOperator : unmanaged, IUnaryOperator<T>
    {
        Partition parts = new(block.N);
        for (int i = 0; i < block.M; i++)
        {
            T* row = block.Y + (i * block.YRow);
            UnaryJob<T, TOperator> job = new(default, row, row, parts);
            for (int part = 0; part < parts.Jobs; part++)
            {
                job.Execute(part);
            }
        }
    }

    private static void MatMul<T>(
        MatMulShape sizes,
        Tensor a,
        Tensor b,
        Tensor y,
        bool transposeA,
        bool transposeB,
        Tensor? bias,
        bool accumulate,
        Activation? activation)
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
                Activation = activation,
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
