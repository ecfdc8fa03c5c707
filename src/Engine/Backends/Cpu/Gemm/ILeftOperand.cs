using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>How a column of the left operand lies in memory, as a type: the micro-kernel is compiled once for each way.</summary>
internal unsafe interface ILeftOperand
{
    /// <summary>Whether the numbers of a column follow each other, as in a packed or a transposed matrix.</summary>
    static abstract bool SideBySide { get; }

    /// <summary>One number of a column: the first of two addresses where they follow each other, else the second, a pointer and bytes.</summary>
    static abstract T* Number<T>(T* next, T* row, nint bytes)
        where T : unmanaged;
}

/// <summary>Numbers of a column next to each other.</summary>
internal readonly unsafe struct SideBySide : ILeftOperand
{
    static bool ILeftOperand.SideBySide => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Number<T>(T* next, T* row, nint bytes)
        where T : unmanaged => next;
}

/// <summary>Numbers of a column a row apart.</summary>
internal readonly unsafe struct Apart : ILeftOperand
{
    public static bool SideBySide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Number<T>(T* next, T* row, nint bytes)
        where T : unmanaged => (T*)((byte*)row + bytes);
}
