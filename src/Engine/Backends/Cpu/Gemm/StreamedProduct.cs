using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>y = a·b for one to four rows of a: b is read once, row after row, as fast as the memory gives it.</summary>
/// <remarks>
/// A network that answers one question multiplies one row by matrices of many megabytes. There are two operations for
/// every number of b and nothing to reuse, so only the order of reading counts: tiles would jump from row to row
/// after every 128 bytes, and the processor fetches ahead only along a row. Here four rows of b pass at a time, each from
/// left to right, and are added to the rows of y, which are short enough to stay in the first-level cache. While they
/// pass, the next four are called for.
/// </remarks>
internal static unsafe class StreamedProduct<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>The most rows of a.</summary>
    public const int MostRows = 4;

    private const int RowsAtOnce = 4;

    /// <summary>Computes the product; the columns of b lie side by side.</summary>
    public static void Run(in Product<T> p)
    {
        switch (p.M)
        {
            case 1:
                Run<One>(p);
                break;
            case 2:
                Run<Two>(p);
                break;
            case 3:
                Run<Three>(p);
                break;
            default:
                Run<Four>(p);
                break;
        }
    }

    private static void Run<TRows>(in Product<T> p)
        where TRows : ICount
    {
        T* start = p.Start;
        nint startRow = p.StartRow;
        int k = 0;
        for (; k <= p.K - RowsAtOnce; k += RowsAtOnce)
        {
            Pass<TRows, Four>(p, k, start, startRow);
            start = p.Y;
            startRow = p.YRow;
        }

        for (; k < p.K; k++)
        {
            Pass<TRows, One>(p, k, start, startRow);
            start = p.Y;
            startRow = p.YRow;
        }
    }

    // Adds the products with TDepth rows of b, from row k on.
#pragma warning disable format // One row of y, one line.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pass<TRows, TDepth>(in Product<T> p, int k, T* start, nint startRow)
        where TRows : ICount
        where TDepth : ICount
    {
        nint step = p.BStep, yRow = p.YRow, aRow = p.ARow, aStep = p.AStep;
        T* b = p.B + (k * step), y = p.Y, a = p.A + (k * aStep);
        TVector x00 = default, x01 = default, x02 = default, x03 = default;
        TVector x10 = default, x11 = default, x12 = default, x13 = default;
        TVector x20 = default, x21 = default, x22 = default, x23 = default;
        TVector x30 = default, x31 = default, x32 = default, x33 = default;
        Spread<TDepth>(a, aStep, ref x00, ref x01, ref x02, ref x03);
        if (TRows.Value > 1) { Spread<TDepth>(a + aRow, aStep, ref x10, ref x11, ref x12, ref x13); }
        if (TRows.Value > 2) { Spread<TDepth>(a + (2 * aRow), aStep, ref x20, ref x21, ref x22, ref x23); }
        if (TRows.Value > 3) { Spread<TDepth>(a + (3 * aRow), aStep, ref x30, ref x31, ref x32, ref x33); }
        int j = 0;
        for (; j <= p.N - TSimd.Lanes; j += TSimd.Lanes)
        {
            TVector b0 = TSimd.Load(b + j), b1 = b0, b2 = b0, b3 = b0;
            if (TDepth.Value > 1)
            {
                b1 = TSimd.Load(b + j + step);
                b2 = TSimd.Load(b + j + (2 * step));
                b3 = TSimd.Load(b + j + (3 * step));
                if (Sse.IsSupported)
                {
                    T* below = b + j + (4 * step);
                    Sse.Prefetch0(below);
                    Sse.Prefetch0(below + step);
                    Sse.Prefetch0(below + (2 * step));
                    Sse.Prefetch0(below + (3 * step));
                }
            }

            T* from = start is null ? null : start + j;
            AddRow<TDepth>(from, y + j, b0, b1, b2, b3, x00, x01, x02, x03);
            if (TRows.Value > 1) { AddRow<TDepth>(Row(from, startRow), y + j + yRow, b0, b1, b2, b3, x10, x11, x12, x13); }
            if (TRows.Value > 2) { AddRow<TDepth>(Row(from, 2 * startRow), y + j + (2 * yRow), b0, b1, b2, b3, x20, x21, x22, x23); }
            if (TRows.Value > 3) { AddRow<TDepth>(Row(from, 3 * startRow), y + j + (3 * yRow), b0, b1, b2, b3, x30, x31, x32, x33); }
        }

        // What does not fill a vector, number by number, in the same order.
        for (; j < p.N; j++)
        {
            for (int i = 0; i < TRows.Value; i++)
            {
                T sum = start is null ? T.Zero : start[(i * startRow) + j];
                for (int d = 0; d < TDepth.Value; d++)
                {
                    sum = T.MultiplyAddEstimate(a[(i * aRow) + (d * aStep)], b[(d * step) + j], sum);
                }

                y[(i * yRow) + j] = sum;
            }
        }
    }
#pragma warning restore format

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Row(T* first, nint distance) => first is null ? null : first + distance;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread<TDepth>(T* a, nint step, ref TVector x0, ref TVector x1, ref TVector x2, ref TVector x3)
        where TDepth : ICount
    {
        x0 = TSimd.Broadcast(a);
        if (TDepth.Value > 1)
        {
            x1 = TSimd.Broadcast(a + step);
            x2 = TSimd.Broadcast(a + (2 * step));
            x3 = TSimd.Broadcast(a + (3 * step));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TDepth>(
        T* start, T* y, TVector b0, TVector b1, TVector b2, TVector b3, TVector x0, TVector x1, TVector x2, TVector x3)
        where TDepth : ICount
    {
        TVector sum = start is null ? default : TSimd.Load(start);
        sum = TSimd.MultiplyAdd(x0, b0, sum);
        if (TDepth.Value > 1)
        {
            sum = TSimd.MultiplyAdd(x1, b1, sum);
            sum = TSimd.MultiplyAdd(x2, b2, sum);
            sum = TSimd.MultiplyAdd(x3, b3, sum);
        }

        TSimd.Store(sum, y);
    }
}
