using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void DropoutMask(ulong seed, ulong stream, ulong first, double rate, Tensor mask)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");
        }

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
            (int i, int end) = partition[index];
            for (; i < end && ((first + (ulong)i) & 3) != 0; i++)
            {
                mask[i] = Single(i);
            }

            for (; i <= end - 4; i += 4)
            {
                (uint x0, uint x1, uint x2, uint x3) = Philox.Block((first + (ulong)i) >> 2, stream, seed);
                mask[i] = Value(x0);
                mask[i + 1] = Value(x1);
                mask[i + 2] = Value(x2);
                mask[i + 3] = Value(x3);
            }

            for (; i < end; i++)
            {
                mask[i] = Single(i);
            }
        }

        private T Single(int i)
        {
            ulong position = first + (ulong)i;
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block(position >> 2, stream, seed);
            return Value((position & 3) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 });
        }

        private T Value(uint x) => (x >> 8) < threshold ? T.Zero : kept;
    }
}
