using System.Numerics;
using Engine.Backends.Cpu.Kernels;
using Engine.Tensors;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void SgdStep(ReadOnlySpan<SgdItem> items, double rate, double momentum, Tensor? guard = null)
    {
        Require.Sgd(items, momentum, guard);
        if (items.IsEmpty || IsStopped(guard))
        {
            return;
        }

        if (Require.Float32(items[0].Theta))
        {
            SgdStep<float>(items, rate, momentum);
        }
        else
        {
            SgdStep<double>(items, rate, momentum);
        }
    }

    /// <inheritdoc/>
    public override void AdamStep(ReadOnlySpan<AdamItem> items, in AdamSettings settings, long step, Tensor? guard = null)
    {
        Require.Adam(items, step, guard);
        if (items.IsEmpty || IsStopped(guard))
        {
            return;
        }

        if (Require.Float32(items[0].Theta))
        {
            AdamStep<float>(items, new(settings, step));
        }
        else
        {
            AdamStep<double>(items, new(settings, step));
        }
    }

    private static bool IsStopped(Tensor? guard) => guard is not null && guard.AsSpan<int>()[0] != 0;

    private static void SgdStep<T>(ReadOnlySpan<SgdItem> items, double rate, double momentum)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T minusRate = T.CreateTruncating(-rate);
        Span<Listed<T>> list = Listed<T>.New(items.Length);
        if (momentum == 0)
        {
            for (int i = 0; i < items.Length; i++)
            {
                SgdItem item = items[i];
                list[i] = new() { A = Listed<T>.PointerTo(item.Gradient), B = Listed<T>.PointerTo(item.Theta), Count = item.Theta.ElementCount };
            }

            ListedJob<T, DescentStep<T>>.Run(new(minusRate), list);
            return;
        }

        for (int i = 0; i < items.Length; i++)
        {
            SgdItem item = items[i];
            list[i] = new()
            {
                A = Listed<T>.PointerTo(item.Gradient),
                B = Listed<T>.PointerTo(item.Velocity!),
                C = Listed<T>.PointerTo(item.Theta),
                Count = item.Theta.ElementCount,
            };
        }

        ListedJob<T, MomentumStep<T>>.Run(new(minusRate, T.CreateTruncating(momentum)), list);
    }

    private static void AdamStep<T>(ReadOnlySpan<AdamItem> items, AdamConstants<T> constants)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<Listed<T>> list = Listed<T>.New(items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            AdamItem item = items[i];
            list[i] = new()
            {
                A = Listed<T>.PointerTo(item.Gradient),
                B = Listed<T>.PointerTo(item.M),
                C = Listed<T>.PointerTo(item.V),
                D = Listed<T>.PointerTo(item.Theta),
                Count = item.Theta.ElementCount,
            };
        }

        ListedJob<T, AdamPass<T>>.Run(new(constants), list);
    }
}
