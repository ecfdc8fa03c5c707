using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// Rows at a fixed distance; with each one a line of the cache is asked for of what the kernel will need next, so that it is
/// there, in the second-level cache, when this tile is done.
/// </summary>
/// <remarks>
/// Weights that pass once per picture come from memory. The processor foresees a stream only after it has begun, and anew
/// in every page of 4 KB; the kernel knows which comes next.
/// </remarks>
internal unsafe struct ForeseeingRows<T>(T* first, nint step, T* coming) : IRowSource<T>
    where T : unmanaged
{
    private const int Line = 64;

    private readonly nint stepInBytes = step * sizeof(T);
    private T* row = first;
    private byte* next = (byte*)coming;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Next()
    {
        T* current = row;
        row = (T*)((byte*)row + stepInBytes);
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(next);
            next += Line;
        }

        return current;
    }
}
