using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Maxima. NaN counts as larger than every number, so that it is never lost from sight.</summary>
internal static unsafe class Largest
{
    /// <summary>The maximum of n elements that follow each other.</summary>
    public static T Of<T>(T* x, int n)
        where T : unmanaged, IFloatingPointIeee754<T> => AcrossLanes(Of(x, new Strip(1, n, n)));

    /// <summary>The maximum per lane over the rows of a strip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector512<T> Of<T>(T* x, Strip strip)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector512<T> largest = Vector512.Create(T.NegativeInfinity);
        for (int row = 0; row < strip.Rows; row++)
        {
            for (int i = 0; i < strip.Length; i += Vector512<T>.Count)
            {
                int count = strip.Length - i;
                largest = Vector512.Max(largest, Lanes.Keep(Lanes.Load(x + i, count), count, T.NegativeInfinity));
            }

            x += strip.Stride;
        }

        return largest;
    }

    /// <summary>The maximum of a vector's lanes.</summary>
    public static T AcrossLanes<T>(Vector512<T> vector)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector256<T> half = Vector256.Max(vector.GetLower(), vector.GetUpper());
        Vector128<T> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        T largest = T.Max(quarter[0], quarter[1]);
        for (int i = 2; i < Vector128<T>.Count; i++)
        {
            largest = T.Max(largest, quarter[i]);
        }

        return largest;
    }

    /// <summary>The position of the maximum among n elements that are a stride apart; the first of equals, or of NaNs.</summary>
    public static int Position<T>(T* x, int n, int stride)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int position = 0;
        T largest = x[0];
        for (int i = 1; i < n && !T.IsNaN(largest); i++)
        {
            T candidate = x[(nint)i * stride];
            if (candidate > largest || T.IsNaN(candidate))
            {
                (position, largest) = (i, candidate);
            }
        }

        return position;
    }
}
