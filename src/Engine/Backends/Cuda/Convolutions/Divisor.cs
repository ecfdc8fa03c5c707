using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Backends.Cuda;

/// <summary>Division of n &lt; 2³¹ by a fixed number: ⌊n·m / 2^p⌋, as <c>kernels/convolution_geometry.h</c> explains.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct Divisor
{
    private readonly uint value;
    private readonly uint multiplier;
    private readonly uint shift;

    /// <summary>Works out p = 31 + ⌈log₂ d⌉ and m = ⌈2^p / d⌉.</summary>
    public Divisor(int divisor)
    {
        value = (uint)divisor;
        if (divisor > 1)
        {
            int power = 32 + BitOperations.Log2((uint)divisor - 1);
            multiplier = (uint)(((1UL << power) + value - 1) / value);
            shift = (uint)power - 32;
        }
    }

    /// <summary>What a kernel does: the upper half of a product, shifted.</summary>
    public int Divide(int n) => value == 1 ? n : (int)((uint)(((ulong)(uint)n * multiplier) >> 32) >> (int)shift);
}
