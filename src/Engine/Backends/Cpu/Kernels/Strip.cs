using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>
/// Elements that belong together: <paramref name="Rows"/> runs of <paramref name="Length"/> elements,
/// <paramref name="Stride"/> apart.
/// </summary>
/// <remarks>
/// One channel of N×C×H×W is N runs of H·W elements, C·H·W apart. Sixteen neighbouring channels of N×C are N runs of
/// sixteen elements, C apart: there a vector holds an element of each of sixteen channels.
/// </remarks>
internal readonly unsafe record struct Strip(int Rows, int Length, int Stride)
{
    // Of one row, halves end on whole vectors of any type.
    private const int Alignment = 1024;

    // Additions after another where a row is but one vector.
    private const int MostRows = 64;

    /// <summary>Whether it is short enough to be gone through in one go: few elements, few additions after another.</summary>
    public bool IsWithin<T>(int elements)
        where T : unmanaged =>
        (long)Rows * Length <= elements && (Rows <= MostRows || Length > Vector512<T>.Count);

    /// <summary>Its two halves, and where the second begins.</summary>
    public (Strip First, Strip Second, int Offset) Halves()
    {
        if (Rows > 1)
        {
            int rows = Rows / 2;
            return (this with { Rows = rows }, this with { Rows = Rows - rows }, rows * Stride);
        }

        int length = Math.Max((Length / 2) & -Alignment, Alignment);
        return (this with { Length = length }, this with { Length = Length - length }, length);
    }

    /// <summary>y = activation(f(a, b)) for every element of the strip; f(a, b) where the activation is null.</summary>
    public void Map<T, TOperator>(T* a, T* b, T* y, TOperator f, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TOperator : unmanaged, IBinaryOperator<T>
    {
        switch (activation)
        {
            case null:
                Map(a, b, y, f);
                break;
            case Activation.Relu:
                Map(a, b, y, new Activated<T, TOperator, Relu<T>>(f));
                break;
            case Activation.Logistic:
                Map(a, b, y, new Activated<T, TOperator, Logistic<T>>(f));
                break;
            case Activation.Tanh:
                Map(a, b, y, new Activated<T, TOperator, Tanh<T>>(f));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an Activation.");
        }
    }

    /// <summary>y = f(a, b) for every element of the strip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Map<T, TOperator>(T* a, T* b, T* y, TOperator f)
        where T : unmanaged
        where TOperator : unmanaged, IBinaryOperator<T>
    {
        for (int row = 0; row < Rows; row++)
        {
            int i = 0;
            for (; i <= Length - Vector512<T>.Count; i += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(a + i), Vector512.Load(b + i)).Store(y + i);
            }

            if (i < Length)
            {
                Lanes.Store(f.Invoke(Lanes.Load(a + i, Length - i), Lanes.Load(b + i, Length - i)), y + i, Length - i);
            }

            a += Stride;
            b += Stride;
            y += Stride;
        }
    }
}
