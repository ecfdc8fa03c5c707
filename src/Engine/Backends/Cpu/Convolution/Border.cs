using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>What lies beyond the border of an image.</summary>
internal static class Border
{
    /// <summary>The row or column of the image that a position takes its value from; −1 where the value is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(int position, int size, PaddingMode mode)
    {
        if ((uint)position < (uint)size)
        {
            return position;
        }

        return mode == PaddingMode.Zero ? -1 : Mirror(position, size);
    }

    // Mirrored at both edges the image repeats after twice its size: first as it is, then backwards.
    private static int Mirror(int position, int size)
    {
        int period = 2 * size, inPeriod = position % period;
        inPeriod += inPeriod < 0 ? period : 0;
        return inPeriod < size ? inPeriod : period - 1 - inPeriod;
    }
}
