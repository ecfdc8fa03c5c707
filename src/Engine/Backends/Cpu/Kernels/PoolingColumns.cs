using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>What pooling's way down and then across has between the two: rows of a number per column, with room for the padding.</summary>
internal static unsafe class PoolingColumns
{
    // A third of a small first-level cache.
    private const int Bytes = 16 * 1024;

    /// <summary>From one row to the next: the padding before, the columns, and as far as the last window reaches.</summary>
    public static int Pitch(in PoolingShape shape)
    {
        PoolingAxis columns = shape.Columns;
        return Math.Max(columns.Before + columns.Inputs, ((columns.Outputs - 1) * columns.Stride) + ((columns.Kernel - 1) * columns.Dilation) + 1);
    }

    /// <summary>Whether the windows of one row end where those of the next begin.</summary>
    public static bool RunOn(in PoolingShape shape) => Pitch(shape) == shape.Columns.Outputs * shape.Columns.Stride;

    /// <summary>How many planes have room in the cache.</summary>
    public static int PlanesAtATime<T>(in PoolingShape shape)
        where T : unmanaged => (int)Math.Clamp(Bytes / ((long)shape.Rows.Outputs * Pitch(shape) * sizeof(T)), 1, 64);

    /// <summary>Numbers of so many planes, and beyond them what the last vectors read and write.</summary>
    public static long Numbers<T>(in PoolingShape shape, int planes)
        where T : unmanaged =>
        ((long)planes * shape.Rows.Outputs * Pitch(shape)) + ((shape.Columns.Stride + 1) * Vector512<T>.Count);

    /// <summary>As many elements as a vector has lanes, a stride apart; reads a whole stride beyond the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Every<T>(T* p, int stride)
        where T : unmanaged
    {
        if (stride == 1)
        {
            return Vector512.Load(p);
        }

        if (stride == 2 && Avx512F.IsSupported && sizeof(T) == sizeof(float))
        {
            Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            return Avx512F.PermuteVar16x32x2(Vector512.Load((int*)p), even, Vector512.Load((int*)p + Vector512<int>.Count)).As<int, T>();
        }

        return Vector512.Create(Lanes.Every(p, stride), Lanes.Every(p + ((nint)Vector256<T>.Count * stride), stride));
    }
}
