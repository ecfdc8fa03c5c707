using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The end of a gradient in the weights whose batch was dealt to several shares: their sums, added up in order.</summary>
internal static unsafe class PartialSums
{
    // Weights that one job adds up.
    private const int Piece = 8192;

    /// <summary>Adds <paramref name="parts"/> vectors of <paramref name="count"/> numbers, <paramref name="step"/> apart, to <paramref name="sums"/>.</summary>
    public static void AddUp<T>(T* partial, int parts, int step, int count, T* sums)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (parts > 0)
        {
            Cut pieces = new(count, Piece);
            WorkerPool.Run(new Job<T>(pieces, partial, parts, step, sums), pieces.Parts);
        }
    }

    private readonly struct Job<T>(Cut pieces, T* partial, int parts, int step, T* sums) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            int end = pieces.Start(index + 1);
            for (int part = 0; part < parts; part++)
            {
                T* source = partial + ((nint)part * step);
                int i = pieces.Start(index);
                for (; i <= end - Vector<T>.Count; i += Vector<T>.Count)
                {
                    Vector.Store(Vector.Load(sums + i) + Vector.Load(source + i), sums + i);
                }

                for (; i < end; i++)
                {
                    sums[i] += source[i];
                }
            }
        }
    }
}
