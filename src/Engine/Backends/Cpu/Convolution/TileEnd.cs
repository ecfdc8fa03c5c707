using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;
using Engine.Backends.Cpu.Winograd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The end of a tile of sums, a row per output channel: bias, addend and activation on the way to y.</summary>
internal static unsafe class TileEnd<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    /// <summary>y = f(sums + bias + addend).</summary>
    /// <param name="sums">The tile, row by row.</param>
    /// <param name="rows">Its output channels.</param>
    /// <param name="columns">Its places.</param>
    /// <param name="width">From one row to the next: whole vectors.</param>
    /// <param name="bias">A number per row, or null.</param>
    /// <param name="addend">Its first row, which lies as y does, or null.</param>
    /// <param name="activation">f, or null.</param>
    /// <param name="y">Where the first row goes.</param>
    /// <param name="yRow">From one row of y to the next, and of the addend.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(T* sums, int rows, int columns, int width, T* bias, T* addend, Activation? activation, T* y, nint yRow)
    {
        bool rectify = activation == Activation.Relu;
        for (int row = 0; row < rows; row++)
        {
            T number = bias is null ? T.Zero : bias[row];
            TVector spread = TSimd.Broadcast(number);
            int j = 0;
            for (; j <= columns - TSimd.Lanes; j += TSimd.Lanes)
            {
                TVector sum = TSimd.Add(TSimd.Load(sums + j), spread);
                sum = addend is null ? sum : TSimd.Add(sum, TSimd.Load(addend + j));
                TSimd.Store(rectify ? Vectors<T, TVector, TSimd>.Rectify(sum) : sum, y + j);
            }

            for (; j < columns; j++)
            {
                T sum = sums[j] + number;
                sum = addend is null ? sum : sum + addend[j];
                y[j] = rectify && sum < T.Zero ? T.Zero : sum;
            }

            if (activation is not null && !rectify)
            {
                Epilogue.Activate(activation, y, columns);
            }

            sums += width;
            y += yRow;
            addend += addend is null ? 0 : yRow;
        }
    }
}
