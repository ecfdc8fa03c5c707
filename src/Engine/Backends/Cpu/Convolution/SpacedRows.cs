using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>Short rows copied apart, with zeros between them, and together again.</summary>
/// <remarks>
/// A row of 28 numbers is no whole number of vectors, and the exact end of each would take longer than all the rest. So
/// whole vectors are written from the first row to the last: what runs over the end of a row lands where the next one
/// will be written. Only the rows at the end, which have no room behind them, are done number by number.
/// </remarks>
internal static unsafe class SpacedRows<T, TVector, TSimd>
    where T : unmanaged, INumberBase<T>
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
    /// <summary>Copies rows of <paramref name="width"/> numbers, one after the other, to the distance <paramref name="pitch"/>, zeros after each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(T* source, int width, int rows, T* destination, int pitch)
    {
        T* sourceEnd = source + ((nint)rows * width), end = destination + ((nint)rows * pitch);
        int vectors = Rounded(width), reach = Math.Max(vectors, width + Rounded(pitch - width));
        TVector zeros = default;
        for (; rows > 0; rows--)
        {
            if (source + vectors <= sourceEnd && destination + reach <= end)
            {
                for (int j = 0; j < width; j += TSimd.Lanes)
                {
                    TSimd.Store(TSimd.Load(source + j), destination + j);
                }

                for (int j = width; j < pitch; j += TSimd.Lanes)
                {
                    TSimd.Store(zeros, destination + j);
                }
            }
            else
            {
                for (int j = 0; j < pitch; j++)
                {
                    destination[j] = j < width ? source[j] : T.Zero;
                }
            }

            source += width;
            destination += pitch;
        }
    }

    /// <summary>Copies rows of <paramref name="width"/> numbers at the distance <paramref name="pitch"/> to one after the other, and adds a number to each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(T* source, int pitch, int width, int rows, T addend, T* destination)
    {
        T* sourceEnd = source + ((nint)(rows - 1) * pitch) + width, end = destination + ((nint)rows * width);
        int vectors = Rounded(width);
        TVector addends = TSimd.Broadcast(&addend);
        for (; rows > 0; rows--)
        {
            if (source + vectors <= sourceEnd && destination + vectors <= end)
            {
                for (int j = 0; j < width; j += TSimd.Lanes)
                {
                    TSimd.Store(TSimd.Add(TSimd.Load(source + j), addends), destination + j);
                }
            }
            else
            {
                for (int j = 0; j < width; j++)
                {
                    destination[j] = source[j] + addend;
                }
            }

            source += pitch;
            destination += width;
        }
    }

    private static int Rounded(int count) => (count + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes;
}
