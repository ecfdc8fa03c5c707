using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>The copies into panels that are not plain rows.</summary>
internal static unsafe class PanelPacking
{
    /// <summary>Copies rows of <paramref name="count"/> numbers, each filled up with zeros to <paramref name="width"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyRagged<T>(T* source, nint step, int count, int depth, T* destination, int width)
        where T : unmanaged
    {
        for (int k = 0; k < depth; k++)
        {
            for (int j = 0; j < count; j++)
            {
                destination[j] = source[j];
            }

            for (int j = count; j < width; j++)
            {
                destination[j] = default;
            }

            source += step;
            destination += width;
        }
    }

    /// <summary>Copies columns that lie as rows: element (k, j) from <c>source[k·step + j·column]</c> to <c>destination[k·width + j]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(T* source, nint step, nint column, int count, int depth, T* destination, int width)
        where T : unmanaged
    {
        for (int k = 0; k < depth; k++)
        {
            T* from = source + (k * step);
            for (int j = 0; j < count; j++, from += column)
            {
                destination[j] = *from;
            }

            for (int j = count; j < width; j++)
            {
                destination[j] = default;
            }

            destination += width;
        }
    }
}
