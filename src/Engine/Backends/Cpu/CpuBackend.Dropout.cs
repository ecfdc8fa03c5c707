using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void DropoutMask(ulong seed, ulong stream, ulong first, double rate, Tensor mask)
    {
        Require.DropoutRate(rate);
        if (Require.Float32(mask))
        {
            DropoutMask<float>(seed, stream, first, rate, mask);
        }
        else
        {
            DropoutMask<double>(seed, stream, first, rate, mask);
        }
    }

    private static void DropoutMask<T>(ulong seed, ulong stream, ulong first, double rate, Tensor mask)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Partition partition = new(mask.ElementCount);
        fixed (T* p = mask.AsSpan<T>())
        {
            WorkerPool.Run(new DropoutJob<T>(seed, stream, first, rate, p, partition), partition.Jobs);
        }
    }

    private readonly struct DropoutJob<T>(ulong seed, ulong stream, ulong first, double rate, T* mask, Partition partition) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T kept = T.CreateTruncating(1 / (1 - rate));

        // (x ≫ 8)·2⁻²⁴ < rate, in whole numbers.
        private readonly uint threshold = (uint)Math.Ceiling(rate * (1 << 24));

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            uint* numbers = stackalloc uint[PhiloxBlocks.Numbers];
            (int i, int end) = partition[index];
            while (i < end)
            {
                ulong position = first + (ulong)i;
                PhiloxBlocks.Fill(position >> 2, stream, seed, numbers);

                // The first block may have begun before the first element.
                int skipped = (int)(position & 3), count = Math.Min(PhiloxBlocks.Numbers - skipped, end - i);
                Emit(numbers + skipped, mask + i, count);
                i += count;
            }
        }

        private void Emit(uint* numbers, T* target, int count)
        {
            int i = 0;
            for (; i <= count - Vector512<uint>.Count; i += Vector512<uint>.Count)
            {
                Vector512<uint> dropped = Vector512.LessThan(Vector512.Load(numbers + i) >>> 8, Vector512.Create(threshold));
                if (sizeof(T) == sizeof(uint))
                {
                    Vector512.AndNot(Vector512.Create(kept), dropped.As<uint, T>()).Store(target + i);
                }
                else
                {
                    (Vector512<long> lower, Vector512<long> upper) = Vector512.Widen(dropped.AsInt32());
                    Vector512.AndNot(Vector512.Create(kept), lower.As<long, T>()).Store(target + i);
                    Vector512.AndNot(Vector512.Create(kept), upper.As<long, T>()).Store(target + i + Vector512<T>.Count);
                }
            }

            for (; i < count; i++)
            {
                target[i] = (numbers[i] >> 8) < threshold ? T.Zero : kept;
            }
        }
    }
}
