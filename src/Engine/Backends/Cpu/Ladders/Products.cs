using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>A way to multiply matrices: y = a·b with a: M×K, b: K×N, y: M×N, all row-major.</summary>
internal unsafe interface IProduct<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Computes y.</summary>
    void Run(int m, int n, int k, T* a, T* b, T* y);
}

/// <summary>
/// The formula. In the inner loop b is read down a column: N numbers lie between one and the next, so every multiply–add
/// fetches a cache line of 64 bytes and uses one number of it; and each waits for the sum of the one before.
/// </summary>
internal readonly unsafe struct ThreeLoops<T> : IProduct<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int m, int n, int k, T* a, T* b, T* y)
    {
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                T sum = T.Zero;
                for (int l = 0; l < k; l++)
                {
                    sum += a[(i * k) + l] * b[(l * n) + j];
                }

                y[(i * n) + j] = sum;
            }
        }
    }
}

/// <summary>
/// The loops over j and k exchanged: the same products, and each y[i, j] still adds its own in the same order. Now the inner loop
/// walks along a row of b and a row of y, every number of a cache line is used, and neighbouring sums do not wait for each other.
/// </summary>
internal readonly unsafe struct RowByRow<T> : IProduct<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int m, int n, int k, T* a, T* b, T* y)
    {
        for (int i = 0; i < m; i++)
        {
            T* row = y + (i * n);
            new Span<T>(row, n).Clear();
            for (int l = 0; l < k; l++)
            {
                T factor = a[(i * k) + l];
                T* other = b + (l * n);
                for (int j = 0; j < n; j++)
                {
                    row[j] += factor * other[j];
                }
            }
        }
    }
}

/// <summary>
/// The same, a register of numbers at a time. For each multiply–add there are still two loads and a store; the cache is what
/// takes the time now, not the arithmetic.
/// </summary>
internal readonly unsafe struct RowByRowInVectors<T> : IProduct<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run(int m, int n, int k, T* a, T* b, T* y) => Widest.Run<T, Kernel>(new Kernel(m, n, k, a, b, y));

    private readonly struct Kernel(int m, int n, int k, T* a, T* b, T* y) : IWidthRoutine<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            for (int i = 0; i < m; i++)
            {
                T* row = y + (i * n);
                new Span<T>(row, n).Clear();
                for (int l = 0; l < k; l++)
                {
                    T factor = a[(i * k) + l];
                    TVector spread = TSimd.Broadcast(factor);
                    T* other = b + (l * n);
                    int j = 0;
                    for (; j <= n - TSimd.Lanes; j += TSimd.Lanes)
                    {
                        TSimd.Store(TSimd.MultiplyAdd(spread, TSimd.Load(other + j), TSimd.Load(row + j)), row + j);
                    }

                    for (; j < n; j++)
                    {
                        row[j] += factor * other[j];
                    }
                }
            }
        }
    }
}

/// <summary>
/// y in tiles of 4 rows and 2 registers that stay in registers while k runs from end to end. A row of b, loaded once, serves 4
/// rows of y, and y is stored once. What is left over at the edges goes one number at a time.
/// </summary>
/// <remarks>
/// As long as the panel of b under a tile, K rows of 2 registers, stays in the cache, this is all there is to do. It
/// does not for long: those rows lie N numbers apart, each in a page of its own.
/// </remarks>
internal readonly unsafe struct TileInRegisters<T> : IProduct<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int Rows = 4;

    public void Run(int m, int n, int k, T* a, T* b, T* y) => Widest.Run<T, Kernel>(new Kernel(m, n, k, a, b, y));

    private readonly struct Kernel(int m, int n, int k, T* a, T* b, T* y) : IWidthRoutine<T>
    {
        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            int width = 2 * TSimd.Lanes, wholeRows = m / Rows * Rows, wholeColumns = n / width * width;
            for (int j = 0; j < wholeColumns; j += width)
            {
                for (int i = 0; i < wholeRows; i += Rows)
                {
                    Tile<TVector, TSimd>(a + (i * k), b + j, y + (i * n) + j);
                }
            }

            Rest(0, wholeRows, wholeColumns);
            Rest(wholeRows, m, 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Tile<TVector, TSimd>(T* rows, T* columns, T* tile)
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            T* a0 = rows, a1 = rows + k, a2 = a1 + k, a3 = a2 + k;
            TVector zero = TSimd.Broadcast(T.Zero);
            TVector s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
            for (int l = 0; l < k; l++)
            {
                TVector b0 = TSimd.Load(columns), b1 = TSimd.Load(columns + TSimd.Lanes);
                TVector x0 = TSimd.Broadcast(a0[l]), x1 = TSimd.Broadcast(a1[l]);
                s00 = TSimd.MultiplyAdd(x0, b0, s00);
                s01 = TSimd.MultiplyAdd(x0, b1, s01);
                s10 = TSimd.MultiplyAdd(x1, b0, s10);
                s11 = TSimd.MultiplyAdd(x1, b1, s11);
                TVector x2 = TSimd.Broadcast(a2[l]), x3 = TSimd.Broadcast(a3[l]);
                s20 = TSimd.MultiplyAdd(x2, b0, s20);
                s21 = TSimd.MultiplyAdd(x2, b1, s21);
                s30 = TSimd.MultiplyAdd(x3, b0, s30);
                s31 = TSimd.MultiplyAdd(x3, b1, s31);
                columns += n;
            }

            TSimd.Store(s00, tile);
            TSimd.Store(s01, tile + TSimd.Lanes);
            TSimd.Store(s10, tile + n);
            TSimd.Store(s11, tile + n + TSimd.Lanes);
            TSimd.Store(s20, tile + (2 * n));
            TSimd.Store(s21, tile + (2 * n) + TSimd.Lanes);
            TSimd.Store(s30, tile + (3 * n));
            TSimd.Store(s31, tile + (3 * n) + TSimd.Lanes);
        }

        private void Rest(int firstRow, int endRow, int firstColumn)
        {
            for (int i = firstRow; i < endRow; i++)
            {
                for (int j = firstColumn; j < n; j++)
                {
                    T sum = T.Zero;
                    for (int l = 0; l < k; l++)
                    {
                        sum += a[(i * k) + l] * b[(l * n) + j];
                    }

                    y[(i * n) + j] = sum;
                }
            }
        }
    }
}
