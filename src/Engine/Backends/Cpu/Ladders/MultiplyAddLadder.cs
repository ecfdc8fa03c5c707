using System.Numerics;
using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>Nothing but multiply–adds: how many the processor can do. The last rung is the peak that all others are measured by.</summary>
/// <remarks>Each of 6,144 numbers takes x ← a·x + b over and over, in a register, so that memory plays no part.</remarks>
internal static unsafe class MultiplyAddLadder
{
    // Twelve of the widest vectors.
    private const int NumbersPerJob = 12 * 16;
    private const int Numbers = 32 * NumbersPerJob;

    public static KernelLadder Create(LadderRequest request) =>
        request.DType == DType.Float32 ? Create<float>(request) : Create<double>(request);

    private static KernelLadder Create<T>(LadderRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int steps = LadderNumbers.Size(request, 4096);
        Tensor x = LadderNumbers.Uniform(request, [Numbers]), y = LadderNumbers.Result(request, [Numbers]);
        return new KernelLadder(
            KernelLadders.MultiplyAdd,
            $"{Numbers} numbers, {steps} times x ← a·x + b, {request.DType}",
            2.0 * Numbers * steps,
            2.0 * Numbers * request.DType.Size(),
            y,
            [
                new("one_at_a_time", "each multiply–add waits for the one before: 4 cycles", () => Run(new OneAtATime<T>())),
                new("eight_at_a_time", "eight chains that do not wait for each other", () => Run(new EightAtATime<T>())),
                new("a_vector_at_a_time", "one instruction for all the numbers of a register, but one chain again", () => Run(new VectorAtATime<T>())),
                new("twelve_vectors_at_a_time", "both: registers full of numbers, chains enough to fill every cycle", () => Run(new TwelveVectors<T>())),
                new("all_threads", "the same on every core", () => OnAllThreads()),
            ])
        {
            // |a| < 1, so an error shrinks on its way; a processor without fused multiply–add rounds twice per step.
            ErrorBound = 4 * (request.DType == DType.Float32 ? Math.ScaleB(1, -24) : Math.ScaleB(1, -53)),
        };

        void Run(IChains<T> chains)
        {
            fixed (T* from = x.AsSpan<T>(), to = y.AsSpan<T>())
            {
                chains.Run(from, to, Numbers, steps);
            }
        }

        void OnAllThreads()
        {
            fixed (T* from = x.AsSpan<T>(), to = y.AsSpan<T>())
            {
                WorkerPool.Run(new Job<T>(from, to, steps), Numbers / NumbersPerJob);
            }
        }
    }

    private readonly struct Job<T>(T* from, T* to, int steps) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Execute(int index) =>
            default(TwelveVectors<T>).Run(from + (index * NumbersPerJob), to + (index * NumbersPerJob), NumbersPerJob, steps);
    }
}
