using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Simd;

/// <summary>
/// Planes turned into lanes and back: number i of each of several rows, side by side, so that a vector holds one number
/// of each row.
/// </summary>
/// <remarks>
/// Four by four numbers at a time: four loads, eight exchanges between registers, four stores. That is half an exchange
/// per number, and a number that takes part in dozens of multiply–adds afterwards can afford it.
/// </remarks>
internal static unsafe class Transposition
{
    // Numbers of a row that are turned before the next rows' are, and before they are added.
    private const int Strip = 64;

    /// <summary>Copies number i of row r from <c>source[r·step + i]</c> to <c>lanes[i·width + r]</c>; zeros to the lanes beyond the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToLanes<T>(T* source, nint step, int rows, int count, T* lanes, nint width)
        where T : unmanaged
    {
        for (; count > Strip; count -= Strip)
        {
            // The lanes of a strip stay in the first-level cache until all rows have come by.
            ToLanes(source, step, rows, Strip, lanes, width);
            source += Strip;
            lanes += Strip * width;
        }

        int r = 0;
        if (Squares.IsSupported && sizeof(T) == sizeof(float))
        {
            for (; r <= rows - 4; r += 4)
            {
                int i = 0;
                for (; i <= count - 4; i += 4)
                {
                    Square((float*)source + (r * step) + i, step, (float*)lanes + (i * width) + r, width);
                }

                for (; i < count; i++)
                {
                    for (int q = r; q < r + 4; q++)
                    {
                        lanes[(i * width) + q] = source[(q * step) + i];
                    }
                }
            }
        }

        for (; r < rows; r++)
        {
            for (int i = 0; i < count; i++)
            {
                lanes[(i * width) + r] = source[(r * step) + i];
            }
        }

        for (; r < width; r++)
        {
            for (int i = 0; i < count; i++)
            {
                lanes[(i * width) + r] = default;
            }
        }
    }

    /// <summary>Copies number i of row r from <c>lanes[i·width + r]</c> to <c>destination[r·step + i]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FromLanes<T>(T* lanes, nint width, int rows, int count, T* destination, nint step)
        where T : unmanaged
    {
        for (; count > Strip; count -= Strip)
        {
            FromLanes(lanes, width, rows, Strip, destination, step);
            lanes += Strip * width;
            destination += Strip;
        }

        int r = 0;
        if (Squares.IsSupported && sizeof(T) == sizeof(float))
        {
            for (; r <= rows - 4; r += 4)
            {
                int i = 0;
                for (; i <= count - 4; i += 4)
                {
                    Square((float*)lanes + (i * width) + r, width, (float*)destination + (r * step) + i, step);
                }

                for (; i < count; i++)
                {
                    for (int q = r; q < r + 4; q++)
                    {
                        destination[(q * step) + i] = lanes[(i * width) + q];
                    }
                }
            }
        }

        for (; r < rows; r++)
        {
            for (int i = 0; i < count; i++)
            {
                destination[(r * step) + i] = lanes[(i * width) + r];
            }
        }
    }

    /// <summary>Adds number i of row r, <c>lanes[i·width + r]</c>, to <c>destination[r·step + i]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddFromLanes<T>(T* lanes, nint width, int rows, int count, T* destination, nint step)
        where T : unmanaged, INumberBase<T>
    {
        T* square = stackalloc T[Strip * 4];
        for (int i = 0; i < count; i += Strip)
        {
            int length = Math.Min(Strip, count - i);
            for (int r = 0; r < rows; r += 4)
            {
                int some = Math.Min(4, rows - r);
                FromLanes(lanes + (i * width) + r, width, some, length, square, Strip);
                for (int q = 0; q < some; q++)
                {
                    T* sum = destination + ((r + q) * step) + i, more = square + (q * Strip);
                    for (int at = 0; at < length; at++)
                    {
                        sum[at] += more[at];
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* source, nint step, float* destination, nint width)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + step);
        Vector128<float> c = Vector128.Load(source + (2 * step)), d = Vector128.Load(source + (3 * step));
        Squares.Transpose(ref a, ref b, ref c, ref d);
        a.Store(destination);
        b.Store(destination + width);
        c.Store(destination + (2 * width));
        d.Store(destination + (3 * width));
    }
}
