using System.Numerics;
using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>The sum of numbers that lie in the second-level cache.</summary>
internal static unsafe class SumLadder
{
    public static KernelLadder Create(LadderRequest request) =>
        request.DType == DType.Float32 ? Create<float>(request) : Create<double>(request);

    private static KernelLadder Create<T>(LadderRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = LadderNumbers.Size(request, 1 << 16);
        Tensor x = LadderNumbers.Uniform(request, [count]), sum = LadderNumbers.Result(request, []);
        Backend backend = Backend.Of(x);
        return new KernelLadder(
            "Sum",
            $"{count} numbers, {request.DType}",
            count - 1.0,
            (count + 1.0) * request.DType.Size(),
            sum,
            [
                new("one_sum", "the formula: each addition waits for the one before", () => Run(new OneSum<T>())),
                new("eight_sums", "eight sums that do not wait for each other", () => Run(new EightSums<T>())),
                new("vector_sums", "eight registers of sums", () => Run(new VectorSums<T>())),
                new("Reduce", "the engine's: sums of short pieces, added in pairs, so that errors grow with log n instead of n", () => backend.Reduce(Reduction.Sum, x, 0, sum)),
            ])
        {
            // Numbers of [−1, 1): n additions, the largest partial sum at most n.
            ErrorBound = LadderNumbers.SumBound(request, count),
        };

        void Run(ISum<T> method)
        {
            fixed (T* numbers = x.AsSpan<T>())
            {
                sum.AsSpan<T>()[0] = method.Run(numbers, count);
            }
        }
    }
}
