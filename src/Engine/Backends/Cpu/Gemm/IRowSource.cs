using System.Runtime.CompilerServices;

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
    private T* row = first;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Next()
    {
        T* current = row;
        row += step;
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
