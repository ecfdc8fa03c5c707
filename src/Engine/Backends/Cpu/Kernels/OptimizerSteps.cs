using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>θ −= η·g, with A = g and B = θ.</summary>
internal readonly unsafe struct DescentStep<T>(T minusRate) : IListedStep<T>
    where T : unmanaged
{
    public static int Cost => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(in Listed<T> item, int from, int to)
    {
        T* g = item.A, theta = item.B;
        Vector512<T> minusEta = Vector512.Create(minusRate);
        for (int i = from; i < to; i += Vector512<T>.Count)
        {
            int count = to - i;
            Lanes.Store(VectorMath.MultiplyAdd(minusEta, Lanes.Load(g + i, count), Lanes.Load(theta + i, count)), theta + i, count);
        }
    }
}

/// <summary>v = μ·v + g, θ −= η·v, with A = g, B = v and C = θ.</summary>
internal readonly unsafe struct MomentumStep<T>(T minusRate, T momentum) : IListedStep<T>
    where T : unmanaged
{
    public static int Cost => 3;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(in Listed<T> item, int from, int to)
    {
        T* g = item.A, v = item.B, theta = item.C;
        Vector512<T> mu = Vector512.Create(momentum), minusEta = Vector512.Create(minusRate);
        for (int i = from; i < to; i += Vector512<T>.Count)
        {
            int count = to - i;
            Vector512<T> velocity = Fading.Out(VectorMath.MultiplyAdd(mu, Lanes.Load(v + i, count), Lanes.Load(g + i, count)));
            Lanes.Store(velocity, v + i, count);
            Lanes.Store(VectorMath.MultiplyAdd(minusEta, velocity, Lanes.Load(theta + i, count)), theta + i, count);
        }
    }
}

/// <summary>A step of Adam, with A = g, B = m, C = v and D = θ.</summary>
internal readonly unsafe struct AdamPass<T>(AdamConstants<T> constants) : IListedStep<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static int Cost => 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(in Listed<T> item, int from, int to)
    {
        T* g = item.A, m = item.B, v = item.C, theta = item.D;
        Vector512<T> beta1 = Vector512.Create(constants.Beta1), oneMinusBeta1 = Vector512.Create(constants.OneMinusBeta1);
        Vector512<T> beta2 = Vector512.Create(constants.Beta2), oneMinusBeta2 = Vector512.Create(constants.OneMinusBeta2);
        Vector512<T> minusRate = Vector512.Create(constants.MinusRate), epsilon = Vector512.Create(constants.Epsilon);
        Vector512<T> correction2 = Vector512.Create(constants.Correction2);
        for (int i = from; i < to; i += Vector512<T>.Count)
        {
            int count = to - i;
            Vector512<T> gradient = Lanes.Load(g + i, count);
            Vector512<T> first = Fading.Out(VectorMath.MultiplyAdd(beta1, Lanes.Load(m + i, count), oneMinusBeta1 * gradient));
            Vector512<T> second = Fading.Out(VectorMath.MultiplyAdd(beta2, Lanes.Load(v + i, count), oneMinusBeta2 * gradient * gradient));
            Vector512<T> step = first / (Vector512.Sqrt(second * correction2) + epsilon);
            Lanes.Store(first, m + i, count);
            Lanes.Store(second, v + i, count);
            Lanes.Store(VectorMath.MultiplyAdd(minusRate, step, Lanes.Load(theta + i, count)), theta + i, count);
        }
    }
}

/// <summary>What becomes of a moment whose parameter has no gradient any more, such as those of a rectifier that no sample reaches.</summary>
internal static class Fading
{
    /// <summary>
    /// x, or 0 where x is below the smallest normal number, 2⁻¹²⁶ or 2⁻¹⁰²². A moment that shrinks by a factor in every step would
    /// get stuck there, since 0.9 of the last digit rounds to the last digit, and a processor takes a hundred times longer
    /// over such a number. It moves no parameter.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Out<T>(Vector512<T> x)
        where T : unmanaged
    {
        Vector512<T> smallest = typeof(T) == typeof(float) ? Vector512.Create(1.17549435E-38f).As<float, T>() : Vector512.Create(2.2250738585072014E-308).As<double, T>();
        return Vector512.AndNot(x, Vector512.LessThan(Vector512.Abs(x), smallest));
    }
}

/// <summary>a = value, with A = a.</summary>
internal readonly unsafe struct FillStep<T>(T value) : IListedStep<T>
    where T : unmanaged
{
    public static int Cost => 1;

    public void Run(in Listed<T> item, int from, int to) => new Span<T>(item.A + from, to - from).Fill(value);
}
