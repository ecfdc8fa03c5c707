using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>x itself: no activation.</summary>
internal readonly struct Identity<T> : IUnaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> x) => x;
}

/// <summary>max(0, x), but NaN for NaN: every comparison with NaN is false.</summary>
internal readonly struct Relu<T> : IUnaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> x) => Vector512.AndNot(x, Vector512.LessThan(x, Vector512<T>.Zero));
}

/// <summary>1 / (1 + e⁻ˣ).</summary>
internal readonly struct Logistic<T> : IUnaryOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> x) => VectorMath.Logistic(x);
}

/// <summary>tanh x.</summary>
internal readonly struct Tanh<T> : IUnaryOperator<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> x) => VectorMath.Tanh(x);
}

/// <summary>The gradient g as it is: no activation to go back through.</summary>
internal readonly struct IdentityBackward<T> : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> y, Vector512<T> g) => g;
}

/// <summary>g where y &gt; 0, else 0.</summary>
internal readonly struct ReluBackward<T> : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> y, Vector512<T> g) => g & Vector512.GreaterThan(y, Vector512<T>.Zero);
}

/// <summary>g·y·(1 − y).</summary>
internal readonly struct LogisticBackward<T> : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> y, Vector512<T> g) => g * (y * (Vector512<T>.One - y));
}

/// <summary>g·(1 − y²).</summary>
internal readonly struct TanhBackward<T> : IBinaryOperator<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> y, Vector512<T> g) => g * (Vector512<T>.One - (y * y));
}

/// <summary>activation(f(a, b)): what comes next, while the numbers are still in registers.</summary>
internal readonly struct Activated<T, TOperator, TActivation>(TOperator f) : IBinaryOperator<T>
    where T : unmanaged
    where TOperator : unmanaged, IBinaryOperator<T>
    where TActivation : unmanaged, IUnaryOperator<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<T> Invoke(Vector512<T> a, Vector512<T> b) => default(TActivation).Invoke(f.Invoke(a, b));
}
