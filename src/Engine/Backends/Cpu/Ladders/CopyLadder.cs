using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>Copying more than any cache holds: how many bytes per second memory gives and takes.</summary>
/// <remarks>The last rung is the ceiling of every operation that does little with each number.</remarks>
internal static class CopyLadder
{
    // 512 MB of Float32.
    private const int FullCount = 1 << 27;
    private const int JobSize = 1 << 16;

    public static KernelLadder Create(LadderRequest request) =>
        request.DType == DType.Float32 ? Create<float>(request) : Create<double>(request);

    private static unsafe KernelLadder Create<T>(LadderRequest request)
        where T : unmanaged
    {
        int count = LadderNumbers.Size(request, FullCount / request.DType.Size());
        Tensor x = new([count], request.DType), y = LadderNumbers.Result(request, [count]);
        Backend.Of(x).Fill(0.5, x);
        return new KernelLadder(
            KernelLadders.Copy,
            $"{count} numbers, {request.DType}",
            0,
            2.0 * count * request.DType.Size(),
            y,
            [
                new("one_thread", "16 to 64 bytes per instruction, as the framework copies", () => x.AsSpan<T>().CopyTo(y.AsSpan<T>())),
                new("all_threads", "one core alone cannot wait for enough cache lines at once", OnAllThreads),
            ]);

        void OnAllThreads()
        {
            fixed (T* from = x.AsSpan<T>(), to = y.AsSpan<T>())
            {
                WorkerPool.Run(new Job<T>(from, to, count), (count + JobSize - 1) / JobSize);
            }
        }
    }

    private readonly unsafe struct Job<T>(T* from, T* to, int count) : IParallelJob
        where T : unmanaged
    {
        public void Execute(int index)
        {
            int first = index * JobSize, length = Math.Min(JobSize, count - first);
            new ReadOnlySpan<T>(from + first, length).CopyTo(new Span<T>(to + first, length));
        }
    }
}
