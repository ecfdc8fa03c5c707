using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// Copies of operands in the order in which the micro-kernel reads them: strips of some rows of a, or of some columns
/// of b, the numbers of one k side by side and those of the next k right behind.
/// </summary>
/// <remarks>
/// A strip is one stream: every cache line of it is read whole and the next can be foreseen, however long the rows of
/// the matrix are. With rows of 4,096 bytes even the numbers of a small strip would all compete for the same few
/// places of a cache. Both operands come in both orders, plain and transposed, so there are two ways to copy: where a
/// strip's numbers of one k already lie side by side, in whole vectors; where its numbers of one row (or column)
/// do, in squares of four by four that are turned in registers.
/// </remarks>
internal static unsafe class Strips
{
    /// <summary>Copies element (k, j) from <c>source[k·step + j·column]</c> to <c>strip[k·width + j]</c>, with zeros from <paramref name="count"/> to <paramref name="width"/>.</summary>
    public static void Pack<T>(T* source, nint step, nint column, int count, int depth, T* strip, int width)
        where T : unmanaged
    {
        if (column == 1)
        {
            Copy(source, step, count, depth, strip, width);
        }
        else
        {
            Turn(source, step, column, count, depth, strip, width);
        }

        if (count < width)
        {
            Clear(strip + count, width - count, depth, width);
        }
    }

    /// <summary>Copies <paramref name="depth"/> rows of <paramref name="count"/> numbers to rows <paramref name="width"/> apart, and nothing between them.</summary>
    public static void Copy<T>(T* source, nint step, int count, int depth, T* strip, nint width)
        where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated && count >= Vector512<T>.Count)
        {
            Copy<T, Vector512<T>, Simd512<T>>(source, step, count, depth, strip, width);
        }
        else if (Vector256.IsHardwareAccelerated && count >= Vector256<T>.Count)
        {
            Copy<T, Vector256<T>, Simd256<T>>(source, step, count, depth, strip, width);
        }
        else if (Vector128.IsHardwareAccelerated && count >= Vector128<T>.Count)
        {
            Copy<T, Vector128<T>, Simd128<T>>(source, step, count, depth, strip, width);
        }
        else
        {
            CopySingly(source, step, count, depth, strip, width);
        }
    }

    // Whole vectors; the last of a row ends with the row, so it may overlap with the one before.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T, TVector, TSimd>(T* source, nint step, int count, int depth, T* strip, nint width)
        where T : unmanaged
        where TVector : struct
        where TSimd : ISimd<T, TVector>
    {
        int last = count - TSimd.Lanes;
        for (int k = 0; k < depth; k++)
        {
            for (int j = 0; j < last; j += TSimd.Lanes)
            {
                TSimd.Store(TSimd.Load(source + j), strip + j);
            }

            TSimd.Store(TSimd.Load(source + last), strip + last);
            source += step;
            strip += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopySingly<T>(T* source, nint step, int count, int depth, T* strip, nint width)
        where T : unmanaged
    {
        for (int k = 0; k < depth; k++)
        {
            for (int j = 0; j < count; j++)
            {
                strip[j] = source[j];
            }

            source += step;
            strip += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Clear<T>(T* strip, int count, int depth, int width)
        where T : unmanaged
    {
        for (int k = 0; k < depth; k++)
        {
            for (int j = 0; j < count; j++)
            {
                strip[j] = default;
            }

            strip += width;
        }
    }

    // Columns to rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn<T>(T* source, nint step, nint column, int count, int depth, T* strip, int width)
        where T : unmanaged
    {
        if (step != 1 || depth < 4 || !Zip.IsSupported)
        {
            TurnSingly(source, step, column, count, depth, strip, width);
        }
        else if (Avx512F.IsSupported && count > 4)
        {
            for (int j = (count - 1) / Vector512<T>.Count * Vector512<T>.Count; j >= 0; j -= Vector512<T>.Count)
            {
                TurnVector(source + (j * column), column, count - j, depth, strip + j, width);
            }
        }
        else if (count >= 4)
        {
            TurnSquares(source, column, count, depth, strip, width);
        }
        else
        {
            TurnSingly(source, step, column, count, depth, strip, width);
        }
    }

    // A whole vector of columns. Where there are fewer, the last one is repeated: what that writes too much lies where the
    // next row, or the next strip, is written later; so of several vectors the last comes first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void TurnVector<T>(T* source, nint column, int count, int depth, T* strip, nint width)
        where T : unmanaged
    {
        T** columns = stackalloc T*[16];
        for (int j = 0; j < Vector512<T>.Count; j++)
        {
            columns[j] = source + (Math.Min(j, count - 1) * column);
        }

        int numbers = Vector128<T>.Count;
        for (int k = 0; k <= depth - numbers; k += numbers)
        {
            TurnVector(columns, k, strip + (k * width), width);
        }

        for (int k = depth - (depth % numbers); k < depth; k++)
        {
            for (int j = 0; j < Math.Min(count, Vector512<T>.Count); j++)
            {
                strip[(k * width) + j] = columns[j][k];
            }
        }
    }

    // Register q takes four (two) numbers of columns q, 4 + q, 8 + q, 12 + q, so that each quarter holds a square when all
    // four are side by side. Turning the squares leaves the columns in order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnVector<T>(T** columns, nint k, T* strip, nint width)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(double))
        {
            Vector512<double> a = Quarters((float**)columns, 0, 2, 2 * k).AsDouble(), b = Quarters((float**)columns, 1, 2, 2 * k).AsDouble();
            Avx512F.UnpackLow(a, b).Store((double*)strip);
            Avx512F.UnpackHigh(a, b).Store((double*)(strip + width));
        }
        else
        {
            Vector512<float> a = Quarters((float**)columns, 0, 4, k), b = Quarters((float**)columns, 1, 4, k);
            Vector512<float> c = Quarters((float**)columns, 2, 4, k), d = Quarters((float**)columns, 3, 4, k);
            Vector512<float> ac01 = Avx512F.UnpackLow(a, c), ac23 = Avx512F.UnpackHigh(a, c);
            Vector512<float> bd01 = Avx512F.UnpackLow(b, d), bd23 = Avx512F.UnpackHigh(b, d);
            Avx512F.UnpackLow(ac01, bd01).Store((float*)strip);
            Avx512F.UnpackHigh(ac01, bd01).Store((float*)(strip + width));
            strip += 2 * width;
            Avx512F.UnpackLow(ac23, bd23).Store((float*)strip);
            Avx512F.UnpackHigh(ac23, bd23).Store((float*)(strip + width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float** columns, int first, int apart, nint k)
    {
        Vector512<float> vector = Vector128.Load(columns[first] + k).ToVector256Unsafe().ToVector512Unsafe();
        vector = Avx512F.InsertVector128(vector, Vector128.Load(columns[first + apart] + k), 1);
        vector = Avx512F.InsertVector128(vector, Vector128.Load(columns[first + (2 * apart)] + k), 2);
        return Avx512F.InsertVector128(vector, Vector128.Load(columns[first + (3 * apart)] + k), 3);
    }

    // The last squares overlap with those before, so there is no remainder.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TurnSquares<T>(T* source, nint column, int count, int depth, T* strip, int width)
        where T : unmanaged
    {
        for (int i = 0; i < count; i += 4)
        {
            int j = Math.Min(i, count - 4);
            T* from = source + (j * column), to = strip + j;
            for (int k = 0; k <= depth - 4; k += 4)
            {
                Square(from + k, column, to + (k * width), width);
            }

            Square(from + depth - 4, column, to + ((depth - 4) * width), width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TurnSingly<T>(T* source, nint step, nint column, int count, int depth, T* strip, int width)
        where T : unmanaged
    {
        for (int k = 0; k < depth; k++)
        {
            T* from = source + (k * step);
            for (int j = 0; j < count; j++)
            {
                strip[j] = *from;
                from += column;
            }

            strip += width;
        }
    }

    // Four numbers of each of four columns become four rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square<T>(T* source, nint column, T* strip, nint width)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(double))
        {
            double* from = (double*)source, to = (double*)strip;
            Square(from, column, to, width);
            Square(from + 2, column, to + (2 * width), width);
            Square(from + (2 * column), column, to + 2, width);
            Square(from + (2 * column) + 2, column, to + (2 * width) + 2, width);
        }
        else
        {
            Square((float*)source, column, (float*)strip, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* source, nint column, float* strip, nint width)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + column);
        source += 2 * column;
        Vector128<float> c = Vector128.Load(source), d = Vector128.Load(source + column);
        Vector128<float> ac01 = Zip.Low(a, c), ac23 = Zip.High(a, c), bd01 = Zip.Low(b, d), bd23 = Zip.High(b, d);
        Zip.Low(ac01, bd01).Store(strip);
        Zip.High(ac01, bd01).Store(strip + width);
        strip += 2 * width;
        Zip.Low(ac23, bd23).Store(strip);
        Zip.High(ac23, bd23).Store(strip + width);
    }

    // Two by two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(double* source, nint column, double* strip, nint width)
    {
        Vector128<double> a = Vector128.Load(source), b = Vector128.Load(source + column);
        Zip.Low(a, b).Store(strip);
        Zip.High(a, b).Store(strip + width);
    }
}
