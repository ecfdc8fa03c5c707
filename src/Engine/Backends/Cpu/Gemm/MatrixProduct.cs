using System.Numerics;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>Matrix products on the widest vectors that the processor has.</summary>
internal static class MatrixProduct
{
    /// <summary>Computes a product on all threads of the pool.</summary>
    public static void Run<T>(in Product<T> product)
        where T : unmanaged, IFloatingPointIeee754<T> => Widest.Run<T, Routine<T>>(new(product, isSerial: false));

    /// <summary>Computes products of one size whose operands lie at fixed distances from each other.</summary>
    /// <param name="first">The first product.</param>
    /// <param name="batch">How many.</param>
    /// <param name="nextA">From the a of one to that of the next.</param>
    /// <param name="nextB">From the b of one to that of the next; 0 for one b for all.</param>
    /// <param name="nextY">From the y of one to that of the next.</param>
    public static void RunBatch<T>(in Product<T> first, int batch, nint nextA, nint nextB, nint nextY)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (batch == 1)
        {
            Run(first);
            return;
        }

        BatchJob<T> job = new(first, batch, nextA, nextB, nextY);
        if (job.Count > 1)
        {
            WorkerPool.Run(job, job.Count);
            return;
        }

        for (int index = 0; index < batch; index++)
        {
            Run(job.Product(index));
        }
    }

    /// <summary>Computes a product on this thread alone, for jobs that are parallel around it.</summary>
    public static void RunSerial<T>(in Product<T> product)
        where T : unmanaged, IFloatingPointIeee754<T> => Widest.Run<T, Routine<T>>(new(product, isSerial: true));

    private readonly struct Routine<T>(in Product<T> product, bool isSerial) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Product<T> product = product;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            if (isSerial)
            {
                MatrixProduct<T, TVector, TSimd>.RunSerial(product);
            }
            else
            {
                MatrixProduct<T, TVector, TSimd>.Run(product);
            }
        }
    }

    // A batch of small products: some of them per round, each on one thread. Large ones are parallel inside instead.
    private readonly unsafe struct BatchJob<T>(in Product<T> first, int batch, nint nextA, nint nextB, nint nextY) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private const long LargestProduct = 1 << 22;
        private const long JobSize = 1 << 18;

        private readonly Product<T> first = first;
        private readonly Cut groups = new(batch, (int)Math.Clamp(JobSize / Math.Max(1, first.Work), 1, batch));

        public int Count => first.Work > LargestProduct ? 1 : groups.Parts;

        public Product<T> Product(int index)
        {
            Product<T> product = first;
            product.A += index * nextA;
            product.B += index * nextB;
            product.Y += index * nextY;
            product.Start += first.Start == first.Y ? index * nextY : 0;
            return product;
        }

        public void Execute(int index)
        {
            for (int i = groups.Start(index); i < groups.Start(index + 1); i++)
            {
                RunSerial(Product(i));
            }
        }
    }
}

/// <summary>A matrix product: the way decided, work cut into jobs.</summary>
/// <remarks>
/// Jobs are blocks of y that have nothing to do with each other: each copies what it needs of a and b for itself, so
/// the threads start together, never wait for one another, and find their copies in their own caches. What two blocks
/// of one row copy twice is little beside what they compute with it. No sum is ever split between jobs, so each
/// element of y is the same chain of operations for any number of threads.
/// </remarks>
internal static unsafe class MatrixProduct<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    // Below this, in multiply–adds, handing a part to a second thread takes longer than it saves.
    private const long SmallestParallel = 1 << 17;

    // Jobs of several microseconds at least, and two of them per thread, lest all wait for a thread that slept. A large
    // product lasts longer than a thread takes to wake, and every job more copies parts of a and b once more.
    private const long SmallestJob = 1 << 18;
    private const long LargeProduct = 1 << 29;
    private const int JobsPerThread = 2;

    // The copy of b that a job makes for a block of k. Every group of rows reads it once, panel after panel, so that it may
    // come from the third-level cache; a narrower one would have a copied once more.
    private const int BytesOfB = 1 << 21;

    // Bytes of a row of b that one thread reads on end.
    private const int SmallestStrip = 2048;

    private static int PanelWidth => TSimd.TileVectors * TSimd.Lanes;

    /// <summary>Computes a product on all threads of the pool.</summary>
    public static void Run(in Product<T> product)
    {
        if (product.Work < SmallestParallel || WorkerPool.Threads == 1)
        {
            RunSerial(product);
        }
        else if (DotsPay(product))
        {
            DotJob job = new(product);
            WorkerPool.Run(job, job.Count);
        }
        else if (StreamingPays(product))
        {
            Cut strips = new(product.N, Math.Max(SmallestStrip / sizeof(T), ((product.N / (2 * WorkerPool.Threads)) + 63) / 64 * 64));
            WorkerPool.Run(new StreamJob(product, strips), strips.Parts);
        }
        else
        {
            int jobs = WorkerPool.Threads * (product.Work < LargeProduct ? JobsPerThread : 1);
            BlockJob job = new(product, Math.Clamp(product.Work / SmallestJob, 2, jobs));
            WorkerPool.Run(job, job.Count);
        }
    }

    /// <summary>Computes a product on this thread alone.</summary>
    public static void RunSerial(in Product<T> product)
    {
        if (DotsPay(product))
        {
            Dots(product);
            return;
        }

        if (StreamingPays(product))
        {
            Stream(product);
            return;
        }

        if ((long)product.K * product.N * sizeof(T) <= BytesOfB)
        {
            // One block. Finding that out as below would take a tenth of the time of a product of 64×64×64.
            BlockProduct<T, TVector, TSimd>.Run(product);
            return;
        }

        BlockJob job = new(product, 1);
        for (int index = 0; index < job.Count; index++)
        {
            job.Execute(index);
        }
    }

    // Dot products want k along the rows of both operands. They pay where transposing b for the other kernel costs more than
    // using it, for few rows of a, and for a b so narrow that the other kernel would leave lanes idle: then b is transposed
    // for this one where it needs to be.
    private static bool DotsPay(in Product<T> product)
    {
        if (product.AStep != 1 || product.K < 4 * TSimd.Lanes || TSimd.Lanes == 1)
        {
            return false;
        }

        return product.BStep == 1 && product.BColumn != 1
            ? product.M < 24 || product.N < TSimd.Lanes
            : product.BColumn == 1 && product.N < TSimd.Lanes && product.M >= 8;
    }

    private static void Dots(in Product<T> p)
    {
        for (int i = 0; i < p.M; i++)
        {
            Span<T> row = new(p.Y + (i * p.YRow), p.N);
            if (p.Start is null)
            {
                row.Clear();
            }
            else if (p.Start != p.Y)
            {
                new Span<T>(p.Start + (i * p.StartRow), p.N).CopyTo(row);
            }
        }

        T* b = p.B;
        nint column = p.BColumn;
        if (p.BStep != 1)
        {
            b = Scratch.Get<T>(ScratchUse.PackedB, ((long)p.N * p.K) + TSimd.Lanes);
            Strips.Pack(p.B, column, p.BStep, p.K, p.N, b, p.K);
            column = p.K;
        }

        DotKernel<T, TVector, TSimd>.Run(p.M, p.N, p.K, p.A, p.ARow, b, column, p.Y, p.YRow);
        CpuBackend.Activate(p);
    }

    // So few rows that b is worth reading only in the order in which it lies.
    private static bool StreamingPays(in Product<T> product) =>
        product.M <= StreamedProduct<T, TVector, TSimd>.MostRows && product.BColumn == 1 && product.N >= 4 * TSimd.Lanes;

    private static void Stream(in Product<T> block)
    {
        StreamedProduct<T, TVector, TSimd>.Run(block);
        CpuBackend.Activate(block);
    }

    private readonly struct StreamJob(in Product<T> product, Cut strips) : IParallelJob
    {
        private readonly Product<T> product = product;

        public void Execute(int index) => Stream(product.Block(0, product.M, strips.Start(index), strips.Start(index + 1)));
    }

    // y in strips along its longer side.
    private readonly struct DotJob : IParallelJob
    {
        private readonly Product<T> product;
        private readonly Cut strips;

        public DotJob(in Product<T> product)
        {
            this.product = product;
            long side = Math.Max(product.M, product.N);
            strips = new Cut((int)side, (int)Math.Clamp(SmallestJob * side / product.Work, 1, side));
        }

        public int Count => strips.Parts;

        public void Execute(int index)
        {
            int first = strips.Start(index), end = strips.Start(index + 1);
            Dots(product.M > product.N ? product.Block(first, end, 0, product.N) : product.Block(0, product.M, first, end));
        }
    }

    // y in blocks: some rows of some panels each.
    private readonly struct BlockJob : IParallelJob
    {
        private readonly Product<T> product;
        private readonly Cut rows;
        private readonly Cut panels;

        public BlockJob(in Product<T> product, long wanted)
        {
            this.product = product;
            int allPanels = (product.N + PanelWidth - 1) / PanelWidth, height = product.M;
            int depth = Math.Min(product.K, BlockProduct<T, TVector, TSimd>.LargestDepth);
            int width = Math.Clamp(BytesOfB / (depth * PanelWidth * sizeof(T)), 1, allPanels);
            rows = new Cut(product.M, height);
            panels = new Cut(allPanels, width);

            // Halved where they are longest, so that they are about square and need little of a and b for what they compute.
            while (Count < wanted)
            {
                if (width * PanelWidth >= height && width > 1)
                {
                    width = (width + 1) / 2;
                    panels = new Cut(allPanels, width);
                }
                else if (height > TSimd.TileRows)
                {
                    height = (height + 1) / 2;
                    rows = new Cut(product.M, height);
                }
                else
                {
                    break;
                }
            }
        }

        public int Count => rows.Parts * panels.Parts;

        public void Execute(int index)
        {
            int row = index / panels.Parts, panel = index % panels.Parts;
            BlockProduct<T, TVector, TSimd>.Run(product.Block(
                rows.Start(row),
                rows.Start(row + 1),
                panels.Start(panel) * PanelWidth,
                Math.Min(product.N, panels.Start(panel + 1) * PanelWidth)));
        }
    }
}
