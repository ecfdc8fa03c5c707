using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void Fill(double value, params ReadOnlySpan<Tensor> tensors)
    {
        DType dtype = Require.OneType(tensors);
        KernelArgument number = dtype == DType.Int32 ? checked((int)value) : Scalar(dtype, value);
        for (int first = 0; first < tensors.Length; first += TensorTable.Rows)
        {
            TensorTable table = TableOf(tensors, first);
            LaunchTable("elementwise", "fill", dtype, &table, number);
        }
    }

    /// <inheritdoc/>
    public override void Unary(UnaryOperation operation, Tensor x, Tensor y)
    {
        Require.Alike(x, y);
        Require.Float32(x);
        LaunchTiles("elementwise", Kernel(operation), x.DType, x.ElementCount, At(x), At(y), x.ElementCount);
    }

    /// <inheritdoc/>
    public override void Binary(BinaryOperation operation, Tensor a, Tensor b, Tensor y, Activation? activation = null)
    {
        Require.Broadcast(a, b, y);
        Require.Float32(a);
        Launch(operation, a, b, y);
        ActivateInPlace(activation, y);
    }

    private void Launch(BinaryOperation operation, Tensor a, Tensor b, Tensor y)
    {
        BinaryKernels kernels = Kernels(operation);
        BroadcastPlan plan = new(a.Shape, b.Shape, y.Shape);
        int count = y.ElementCount;
        bool fullA = a.ElementCount == count, fullB = b.ElementCount == count;
        if (fullA && fullB)
        {
            LaunchTiles("elementwise", kernels.Alike, y.DType, count, At(a), At(b), At(y), count);
        }
        else if (fullA && plan.Repeats(second: true, out int inner, out int length))
        {
            LaunchTiles("elementwise", kernels.Repeated, y.DType, count, At(a), At(b), At(y), count, (uint)inner, (uint)length, 0);
        }
        else if (fullB && plan.Repeats(second: false, out inner, out length))
        {
            LaunchTiles("elementwise", kernels.Repeated, y.DType, count, At(b), At(a), At(y), count, (uint)inner, (uint)length, 1);
        }
        else
        {
            BroadcastAxes axes = default;
            foreach (BroadcastPlan.Axis axis in plan.Axes)
            {
                axes.Size[axes.Count] = (uint)axis.Size;
                axes.StepA[axes.Count] = (uint)axis.StepA;
                axes.StepB[axes.Count] = (uint)axis.StepB;
                axes.Count++;
            }

            LaunchLinear("elementwise", kernels.Strided, y.DType, count, At(a), At(b), At(y), count, KernelArgument.Structure(&axes));
        }
    }

    /// <inheritdoc/>
    public override void AddScaled(double alpha, Tensor x, double beta, Tensor y)
    {
        Require.Alike(x, y);
        Require.Float32(x);
        LaunchTiles(
            "elementwise", "add_scaled", x.DType, x.ElementCount,
            Scalar(x.DType, alpha), At(x), Scalar(x.DType, beta), At(y), x.ElementCount);
    }

    private static string Kernel(UnaryOperation operation) => operation switch
    {
        UnaryOperation.Negate => "unary_negate",
        UnaryOperation.Exp => "unary_exp",
        UnaryOperation.Log => "unary_log",
        UnaryOperation.Sqrt => "unary_sqrt",
        UnaryOperation.Tanh => "unary_tanh",
        UnaryOperation.Erf => "unary_erf",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not a UnaryOperation."),
    };

    private static BinaryKernels Kernels(BinaryOperation operation) => operation switch
    {
        BinaryOperation.Add => new("add", "add_repeated", "add_strided"),
        BinaryOperation.Subtract => new("subtract", "subtract_repeated", "subtract_strided"),
        BinaryOperation.Multiply => new("multiply", "multiply_repeated", "multiply_strided"),
        BinaryOperation.Divide => new("divide", "divide_repeated", "divide_strided"),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not a BinaryOperation."),
    };

    // For operands of one shape; for one that repeats simply beside one that does not; for any two.
    private readonly record struct BinaryKernels(string Alike, string Repeated, string Strided);

    // As kernels/elementwise.cu has it.
    private struct BroadcastAxes
    {
        public int Count;
        public fixed uint Size[Shape.MaxRank];
        public fixed uint StepA[Shape.MaxRank];
        public fixed uint StepB[Shape.MaxRank];
    }
}
