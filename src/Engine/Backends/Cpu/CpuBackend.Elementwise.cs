using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Fill(double value, params ReadOnlySpan<Tensor> tensors)
    {
        switch (Require.OneType(tensors))
        {
            case DType.Float32:
                Fill((float)value, tensors);
                break;
            case DType.Float64:
                Fill(value, tensors);
                break;
            default:
                Fill(checked((int)value), tensors);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Unary(UnaryOperation operation, Tensor x, Tensor y)
    {
        Require.Alike(x, y);
        if (Require.Float32(x))
        {
            Unary<float>(operation, x, y);
        }
        else
        {
            Unary<double>(operation, x, y);
        }
    }

    /// <inheritdoc/>
    public override void Binary(BinaryOperation operation, Tensor a, Tensor b, Tensor y, Activation? activation = null)
    {
        Require.Broadcast(a, b, y);
        if (Require.Float32(a))
        {
            Binary<float>(operation, a, b, y, activation);
        }
        else
        {
            Binary<double>(operation, a, b, y, activation);
        }
    }

    /// <inheritdoc/>
    public override void AddScaled(double alpha, Tensor x, double beta, Tensor y)
    {
        Require.Alike(x, y);
        if (Require.Float32(x))
        {
            AddScaled<float>(alpha, x, beta, y);
        }
        else
        {
            AddScaled<double>(alpha, x, beta, y);
        }
    }

    private static void Fill<T>(T value, ReadOnlySpan<Tensor> tensors)
        where T : unmanaged
    {
        Span<Listed<T>> list = Listed<T>.New(tensors.Length);
        for (int i = 0; i < tensors.Length; i++)
        {
            list[i] = new() { A = Listed<T>.PointerTo(tensors[i]), Count = tensors[i].ElementCount };
        }

        ListedJob<T, FillStep<T>>.Run(new(value), list);
    }

    private static void Unary<T>(UnaryOperation operation, Tensor x, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (operation)
        {
            case UnaryOperation.Negate:
                Map<T, Negate<T>>(default, x, y);
                break;
            case UnaryOperation.Exp:
                Map<T, Exp<T>>(default, x, y);
                break;
            case UnaryOperation.Log:
                Map<T, Log<T>>(default, x, y);
                break;
            case UnaryOperation.Sqrt:
                Map<T, Sqrt<T>>(default, x, y);
                break;
            case UnaryOperation.Tanh:
                Map<T, Tanh<T>>(default, x, y);
                break;
            case UnaryOperation.Erf:
                Map<T, Erf<T>>(default, x, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not a UnaryOperation.");
        }
    }

    private static void Binary<T>(BinaryOperation operation, Tensor a, Tensor b, Tensor y, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (operation)
        {
            case BinaryOperation.Add:
                Broadcast<T, Add<T>>(default, a, b, y, activation);
                break;
            case BinaryOperation.Subtract:
                Broadcast<T, Subtract<T>>(default, a, b, y, activation);
                break;
            case BinaryOperation.Multiply:
                Broadcast<T, Multiply<T>>(default, a, b, y, activation);
                break;
            case BinaryOperation.Divide:
                Broadcast<T, Divide<T>>(default, a, b, y, activation);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not a BinaryOperation.");
        }
    }

    private static void AddScaled<T>(double alpha, Tensor x, double beta, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = T.CreateTruncating(alpha), b = T.CreateTruncating(beta);
        if (b == T.Zero)
        {
            Map<T, Scale<T>>(new(a), x, y);
        }
        else if (b == T.One)
        {
            Map<T, AddMultiple<T>>(new(a), x, y, y);
        }
        else
        {
            Map<T, WeightedSum<T>>(new(a, b), x, y, y);
        }
    }

    /// <summary>y = f(x), element by element.</summary>
    private static void Map<T, TOperator>(TOperator f, Tensor x, Tensor y)
        where T : unmanaged
        where TOperator : unmanaged, IUnaryOperator<T>
    {
        Partition partition = new(y.ElementCount);
        fixed (T* px = x.AsSpan<T>(), py = y.AsSpan<T>())
        {
            WorkerPool.Run(new UnaryJob<T, TOperator>(f, px, py, partition), partition.Jobs);
        }
    }

    /// <summary>y = f(a, b), element by element, without broadcasting.</summary>
    private static void Map<T, TOperator>(TOperator f, Tensor a, Tensor b, Tensor y)
        where T : unmanaged
        where TOperator : unmanaged, IBinaryOperator<T>
    {
        Partition partition = new(y.ElementCount);
        fixed (T* pa = a.AsSpan<T>(), pb = b.AsSpan<T>(), py = y.AsSpan<T>())
        {
            WorkerPool.Run(new BinaryJob<T, TOperator>(f, pa, pb, py, partition), partition.Jobs);
        }
    }

    /// <summary>y = activation(f(a, b)), element by element, with broadcasting.</summary>
    private static void Broadcast<T, TOperator>(TOperator f, Tensor a, Tensor b, Tensor y, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TOperator : unmanaged, IBinaryOperator<T>
    {
        switch (activation)
        {
            case null:
                Broadcast<T, TOperator>(f, a, b, y);
                break;
            case Activation.Relu:
                Broadcast<T, Activated<T, TOperator, Relu<T>>>(new(f), a, b, y);
                break;
            case Activation.Logistic:
                Broadcast<T, Activated<T, TOperator, Logistic<T>>>(new(f), a, b, y);
                break;
            case Activation.Tanh:
                Broadcast<T, Activated<T, TOperator, Tanh<T>>>(new(f), a, b, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation.");
        }
    }

    /// <summary>y = f(a, b), element by element, with broadcasting.</summary>
    private static void Broadcast<T, TOperator>(TOperator f, Tensor a, Tensor b, Tensor y)
        where T : unmanaged
        where TOperator : unmanaged, IBinaryOperator<T>
    {
        if (a.Shape == b.Shape)
        {
            Map<T, TOperator>(f, a, b, y);
            return;
        }

        BroadcastPlan plan = new(a.Shape, b.Shape, y.Shape);
        Partition partition = new(y.ElementCount);
        fixed (T* pa = a.AsSpan<T>(), pb = b.AsSpan<T>(), py = y.AsSpan<T>())
        {
            WorkerPool.Run(new BroadcastJob<T, TOperator>(f, pa, pb, py, plan, partition), partition.Jobs);
        }
    }

    private readonly struct Negate<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> x) => -x;
    }

    private readonly struct Exp<T> : IUnaryOperator<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<T> Invoke(Vector512<T> x) => VectorMath.Exp(x);
    }

    private readonly struct Log<T> : IUnaryOperator<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<T> Invoke(Vector512<T> x) => VectorMath.Log(x);
    }

    private readonly struct Erf<T> : IUnaryOperator<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<T> Invoke(Vector512<T> x) => VectorMath.Erf(x);
    }

    private readonly struct Sqrt<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> x) => Vector512.Sqrt(x);
    }

    private readonly struct Scale<T>(T alpha) : IUnaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> x) => x * alpha;
    }

    private readonly struct Add<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a + b;
    }

    private readonly struct Subtract<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a - b;
    }

    private readonly struct Multiply<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a * b;
    }

    private readonly struct Divide<T> : IBinaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => a / b;
    }

    // α·x + y.
    private readonly struct AddMultiple<T>(T alpha) : IBinaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> x, Vector512<T> y) => VectorMath.MultiplyAdd(x, Vector512.Create(alpha), y);
    }

    // α·x + β·y.
    private readonly struct WeightedSum<T>(T alpha, T beta) : IBinaryOperator<T>
        where T : unmanaged
    {
        public Vector512<T> Invoke(Vector512<T> x, Vector512<T> y) => VectorMath.MultiplyAdd(x, Vector512.Create(alpha), y * beta);
    }
}
