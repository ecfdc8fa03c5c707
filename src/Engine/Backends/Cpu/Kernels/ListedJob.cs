using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>Up to four tensors of one shape that an operation goes through together: a parameter and what belongs to it.</summary>
internal unsafe struct Listed<T>
    where T : unmanaged
{
    /// <summary>Numbers per block; jobs are cut between blocks, so that no two write to one cache line.</summary>
    public const int Block = 64;

    public T* A;
    public T* B;
    public T* C;
    public T* D;
    public int Count;

    // How many blocks there are in the list up to here, this one's included.
    public int EndBlock;

    /// <summary>Room for a list; valid until the thread makes the next one.</summary>
    public static Span<Listed<T>> New(int count) => new(Scratch.Get<Listed<T>>(ScratchUse.Lists, count), count);

    /// <summary>The numbers of a tensor. Tensors in main memory never move; the list's owner keeps them alive.</summary>
    public static T* PointerTo(Tensor tensor) => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.AsSpan<T>()));
}

/// <summary>What to do with a stretch of a list's item.</summary>
internal unsafe interface IListedStep<T>
    where T : unmanaged
{
    /// <summary>What an element costs, in the elements of an operation that reads one number and writes one: see <see cref="Partition"/>.</summary>
    static abstract int Cost { get; }

    /// <summary>Does it for elements from … to − 1.</summary>
    void Run(in Listed<T> item, int from, int to);
}

/// <summary>One operation over many tensors, long and short, as if they were one: all are cut into jobs together.</summary>
/// <remarks>A network has dozens of parameters, most of them biases of a few numbers; a dispatch for each would cost more than the arithmetic.</remarks>
internal readonly unsafe struct ListedJob<T, TStep>(TStep step, Listed<T>* items, Partition blocks) : IParallelJob
    where T : unmanaged
    where TStep : unmanaged, IListedStep<T>
{
    /// <summary>Runs a step over all items.</summary>
    public static void Run(TStep step, Span<Listed<T>> items)
    {
        int blocks = 0;
        foreach (ref Listed<T> item in items)
        {
            blocks += (item.Count + Listed<T>.Block - 1) / Listed<T>.Block;
            item.EndBlock = blocks;
        }

        if (blocks == 0)
        {
            return;
        }

        Partition partition = new(blocks, Listed<T>.Block * TStep.Cost);
        fixed (Listed<T>* first = items)
        {
            WorkerPool.Run(new ListedJob<T, TStep>(step, first, partition), partition.Jobs);
        }
    }

    public void Execute(int index)
    {
        (int block, int end) = blocks[index];
        Listed<T>* item = items;
        while (block < end)
        {
            while (item->EndBlock <= block)
            {
                item++;
            }

            int first = item->EndBlock - ((item->Count + Listed<T>.Block - 1) / Listed<T>.Block), last = Math.Min(end, item->EndBlock);
            step.Run(*item, (block - first) * Listed<T>.Block, Math.Min((last - first) * Listed<T>.Block, item->Count));
            block = last;
        }
    }
}
