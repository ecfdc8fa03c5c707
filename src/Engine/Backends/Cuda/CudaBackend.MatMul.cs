using System.Runtime.InteropServices;
using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

// A product is one launch of a kernel of gemm.cu, bias and activation included. Where sums are split, a second one adds
// the parts; with a library, a second one does bias and activation. (The library could add the bias itself, to a y that
// was filled with it before; that is a launch and a pass over y as well, and the activation would need yet another.)
public sealed unsafe partial class CudaBackend
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
        (int batch, int m, int n, int k, bool shared) =
            Require.Product(a, b, y, transposeA, transposeB, bias, accumulate, activation);
        if (shared && !transposeA)
        {
            // One b for all: the batch is one tall matrix.
            (batch, m) = (1, batch * m);
        }

        Multiply(new(y.DType, batch, m, n, k, transposeA, transposeB, shared, AddressOf(a), AddressOf(b), AddressOf(y)), AddressOf(bias), accumulate, activation);
    }

    /// <summary>A product by the engine's kernels and a given plan.</summary>
    internal void Multiply(
        in ProductPlan plan, in MatrixProduct product, nint bias = 0, bool accumulate = false, Activation? activation = null)
    {
        Tensor? parts = plan.Splits == 1 ? null : Scratch([plan.Splits, product.Count], product.Type);
        bool finished = parts is null;
        GemmArguments arguments = new()
        {
            M = product.M,
            N = product.N,
            K = product.K,
            Batch = product.Batch,
            Splits = plan.Splits,
            Depth = plan.Depth,
            Activation = finished ? Epilogue(activation) : 0,
            Accumulate = finished && accumulate ? 1 : 0,
            StepA = (long)product.M * product.K,
            StepB = product.SharedB ? 0 : (long)product.K * product.N,
        };
        string kernel = (product.TransposeA, product.TransposeB) switch
        {
            (false, false) => plan.Tile.Nn,
            (false, true) => plan.Tile.Nt,
            (true, false) => plan.Tile.Tn,
            (true, true) => plan.Tile.Tt,
        };
        int blocks = checked((int)(plan.Tile.Count(product.M, product.N) * product.Batch * plan.Splits));
        Launch(
            "gemm", kernel, product.Type, blocks, plan.Tile.Threads, 0,
            product.A, product.B, finished ? bias : 0, finished ? product.Y : AddressOf(parts), KernelArgument.Structure(&arguments));
        if (!finished)
        {
            Finish(product.Type, AddressOf(parts), product.Y, product.Count, plan.Splits, product.N, bias, accumulate, activation);
        }
    }

    private static int Epilogue(Activation? activation) => activation switch
    {
        null => 0,
        Activation.Relu => 1,
        Activation.Logistic => 2,
        Activation.Tanh => 3,
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation."),
    };

    private void Multiply(in MatrixProduct product, nint bias, bool accumulate, Activation? activation)
    {
        if (MatrixLibrary is null)
        {
            Multiply(ProductPlan.For(product.M, product.N, product.K, product.Batch), product, bias, accumulate, activation);
            return;
        }

        MatrixLibrary.Multiply(product, accumulate);
        if (bias != 0 || activation is not null)
        {
            Finish(product.Type, product.Y, product.Y, product.Count, 1, product.N, bias, false, activation);
        }
    }

    // y = f(Σ parts + bias), or y += Σ parts.
    private void Finish(
        DType type, nint parts, nint y, int count, int splits, int columns, nint bias, bool accumulate, Activation? activation) =>
        LaunchLinear("gemm", "gemm_finish", type, count, parts, bias, y, count, splits, columns, Epilogue(activation), accumulate ? 1 : 0);

    /// <summary><c>Product</c> in gemm.cu.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct GemmArguments
    {
        public int M;
        public int N;
        public int K;
        public int Batch;
        public int Splits;
        public int Depth;
        public int Activation;
        public int Accumulate;
        public long StepA;
        public long StepB;
    }
}
