using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>Where the rows of the right operand are: the micro-kernel asks for one after the other.</summary>
internal unsafe interface IRowSource<T>
    where T : unmanaged
{
    /// <summary>The next row.</summary>
    T* Next();
}

/// <summary>Rows at a fixed distance: a matrix, or a packed panel of one.</summary>
internal unsafe struct StridedRows<T>(T* first, nint step) : IRowSource<T>
    where T : unmanaged
{
    private readonly nint stepInBytes = step * sizeof(T);
    private T* row = first;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Next()
    {
        T* current = row;
        row = (T*)((byte*)row + stepInBytes);
        return current;
    }
}

/// <summary>Rows listed in a table: views of one image, each shifted by another tap.</summary>
internal unsafe struct ListedRows<T>(T* origin, int* offsets) : IRowSource<T>
    where T : unmanaged
{
    private int* next = offsets;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Next() => origin + *next++;
}

/// <summary>
/// Rows at a fixed distance, each copied to a packed panel of full width as it passes: the first tile under a panel
/// packs it for those that follow, and the copying hides behind its arithmetic.
/// </summary>
internal unsafe struct CopiedRows<T, TVector, TSimd>(T* first, nint step, T* panel) : IRowSource<T>
    where T : unmanaged
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    private T* row = first;
    private T* copy = panel;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Next()
    {
        T* current = row;
        row += step;
        TSimd.Store(TSimd.Load(current), copy);
        TSimd.Store(TSimd.Load(current + TSimd.Lanes), copy + TSimd.Lanes);
        copy += 2 * TSimd.Lanes;
        if (Sse.IsSupported)
        {
            // The panel to the right comes next, and no prefetcher of the processor would guess it.
            T* right = current + (2 * TSimd.Lanes);
            Sse.Prefetch1(right);
            Sse.Prefetch1((byte*)right + 64);
        }

        return current;
    }
}
