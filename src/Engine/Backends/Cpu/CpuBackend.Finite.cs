using System.Numerics;
using System.Numerics.Tensors;
using Tensor = Engine.Tensors.Tensor;

namespace Engine.Backends.Cpu;

public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void CountNonFinite(ReadOnlySpan<Tensor> tensors, Tensor count)
    {
        Require.Counter(count);
        Require.OneType(tensors);
        ref int counter = ref count.AsSpan<int>()[0];
        foreach (Tensor x in tensors)
        {
            counter += Require.Float32(x) ? CountNonFinite<float>(x.AsSpan<float>()) : CountNonFinite<double>(x.AsSpan<double>());
        }
    }

    // As a rule there is none, which is quickly seen.
    private static int CountNonFinite<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (TensorPrimitives.IsFiniteAll(numbers))
        {
            return 0;
        }

        int count = 0;
        foreach (T number in numbers)
        {
            count += T.IsFinite(number) ? 0 : 1;
        }

        return count;
    }
}
