using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>
/// Elements that belong together: <paramref name="Rows"/> runs of <paramref name="Length"/> elements,
/// <paramref name="Stride"/> apart.
/// </summary>
/// <remarks>
/// One channel of N×C×H×W is N runs of H·W elements, C·H·W apart. Eight neighbouring channels of N×C are N runs of
/// eight elements, C apart: there a vector holds an element of each of eight channels.
/// </remarks>
internal readonly unsafe record struct Strip(int Rows, int Length, int Stride)
{
    /// <summary>y = f(a, b) for every element of the strip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Map<T, TOperator>(T* a, T* b, T* y, TOperator f)
        where T : unmanaged
        where TOperator : unmanaged, IBinaryOperator<T>
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < Length; i += Vector512<T>.Count)
            {
                int count = Length - i;
                Lanes.Store(f.Invoke(Lanes.Load(a + i, count), Lanes.Load(b + i, count)), y + i, count);
            }

            a += Stride;
            b += Stride;
            y += Stride;
        }
    }
}
