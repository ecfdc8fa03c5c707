using System.Numerics;
using System.Runtime.Intrinsics;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>Matrix products on the widest vectors that the processor has.</summary>
internal static class MatrixProduct
{
    /// <summary>Computes a product on all threads of the pool.</summary>
    public static void Run<T>(in Product<T> product)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MatrixProduct<T, Vector512<T>, Simd512<T>>.Run(product);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MatrixProduct<T, Vector256<T>, Simd256<T>>.Run(product);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            MatrixProduct<T, Vector128<T>, Simd128<T>>.Run(product);
        }
        else
        {
            MatrixProduct<T, T, Scalar<T>>.Run(product);
        }
    }

    /// <summary>Computes products of one size whose operands lie at fixed distances from each other.</summary>
    /// <param name="first">The first product.</param>
    /// <param name="batch">How many.</param>
    /// <param name="nextA">From the a of one to that of the next.</param>
    /// <param name="nextB">From the b of one to that of the next; 0 for one b for all.</param>
    /// <param name="nextY">From the y of one to that of the next.</param>
    public static void RunBatch<T>(in Product<T> first, int batch, nint nextA, nint nextB, nint nextY)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
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
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            MatrixProduct<T, Vector512<T>, Simd512<T>>.RunSerial(product);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            MatrixProduct<T, Vector256<T>, Simd256<T>>.RunSerial(product);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            MatrixProduct<T, Vector128<T>, Simd128<T>>.RunSerial(product);
        }
        else
        {
            MatrixProduct<T, T, Scalar<T>>.RunSerial(product);
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

/// <summary>A matrix product: packing decided, work cut into jobs.</summary>
/// <remarks>
/// The cut depends on the sizes alone, and no sum is ever split between jobs: each element of y is the same chain of
/// operations for any number of threads. Jobs are blocks of y, about square in time: few enough that handing them out
/// costs nothing, enough of them that no thread waits long for the last.
/// </remarks>
internal static unsafe class MatrixProduct<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    // Below this, in multiply–adds, waking a second thread takes longer than it saves.
    private const long SmallestParallel = 1 << 17;

    // A job is about this large: some microseconds.
    private const long JobSize = 1 << 19;

    // Bytes of b that are packed at a time, lest the copy of a large matrix double the memory it takes.
    private const long MostPacked = 32 << 20;

    // Rows that pass over a panel while it is in the cache.
    private const int RowsPerJob = 64;

    /// <summary>Computes a product on all threads of the pool.</summary>
    public static void Run(in Product<T> product)
    {
        if (product.Work < SmallestParallel)
        {
            RunSerial(product);
            return;
        }

        if (DotsPay(product))
        {
            Cut strips = new(product.N, (int)Math.Clamp(JobSize / ((long)product.M * product.K), 1, product.N));
            WorkerPool.Run(new DotJob(product, strips), strips.Parts);
            return;
        }

        bool pack = PackingPays(product);
        int tileWidth = TSimd.TileVectors * TSimd.Lanes;
        Cut slabs = new(product.N, pack ? (int)Math.Max(tileWidth, MostPacked / ((long)product.K * sizeof(T)) / tileWidth * tileWidth) : product.N);
        for (int slab = 0; slab < slabs.Parts; slab++)
        {
            RunSlab(product.Columns(slabs.Start(slab), slabs.Start(slab + 1)), pack);
        }
    }

    // Some columns of the product: their panels packed by all threads, then the blocks of y under them.
    private static void RunSlab(in Product<T> product, bool pack)
    {
        Panels<T, TVector, TSimd> panels = new(product, pack);
        WorkerPool.Run(new PackJob(panels), panels.Count - panels.FirstPacked);
        Cut rows = new(product.M, RowsPerJob);
        long panelWork = product.Work / ((long)rows.Parts * panels.Count);
        Cut groups = new(panels.Count, (int)Math.Clamp(JobSize / Math.Max(1, panelWork), 1, panels.Count));
        WorkerPool.Run(new BlockJob(product, panels, rows, groups), rows.Parts * groups.Parts);
    }

    /// <summary>Computes a product on this thread alone.</summary>
    public static void RunSerial(in Product<T> product)
    {
        if (DotsPay(product))
        {
            Dots(product, 0, product.N);
            return;
        }

        Panels<T, TVector, TSimd> panels = new(product, PackingPays(product));
        for (int panel = panels.FirstPacked; panel < panels.Count; panel++)
        {
            panels.Pack(panel);
        }

        BlockProduct<T, TVector, TSimd>.Run(product, panels, 0, product.M, 0, panels.Count);
    }

    // The copy costs about as much as one row of tiles; b that is small enough stays in the cache without it.
    private static bool PackingPays(in Product<T> product) =>
        product.M >= 6 * TSimd.TileRows && (long)product.K * product.N * sizeof(T) > 32 * 1024;

    // So few rows that transposing b would cost more than using it.
    private static bool DotsPay(in Product<T> product) =>
        product.M < 3 * TSimd.TileRows && product.K >= 4 * TSimd.Lanes && product.AStep == 1 && product.BStep == 1 && product.BColumn != 1;

    // Some columns of the product, by dot products of rows.
    private static void Dots(in Product<T> p, int firstColumn, int endColumn)
    {
        int columns = endColumn - firstColumn;
        for (int i = 0; i < p.M; i++)
        {
            Span<T> row = new(p.Y + (i * p.YRow) + firstColumn, columns);
            if (p.Start is null)
            {
                row.Clear();
            }
            else if (p.Start != p.Y)
            {
                new Span<T>(p.Start + (i * p.StartRow) + firstColumn, columns).CopyTo(row);
            }
        }

        DotKernel<T, TVector, TSimd>.Run(
            p.M, columns, p.K, p.A, p.ARow, p.B + (firstColumn * p.BColumn), p.BColumn, p.Y + firstColumn, p.YRow);
    }

    private readonly struct DotJob(in Product<T> product, Cut strips) : IParallelJob
    {
        private readonly Product<T> product = product;

        public void Execute(int index) => Dots(product, strips.Start(index), strips.Start(index + 1));
    }

    private readonly struct PackJob(in Panels<T, TVector, TSimd> panels) : IParallelJob
    {
        private readonly Panels<T, TVector, TSimd> panels = panels;

        public void Execute(int index) => panels.Pack(panels.FirstPacked + index);
    }

    private readonly struct BlockJob(in Product<T> product, in Panels<T, TVector, TSimd> panels, Cut rows, Cut groups) : IParallelJob
    {
        private readonly Product<T> product = product;
        private readonly Panels<T, TVector, TSimd> panels = panels;

        public void Execute(int index)
        {
            int row = index / groups.Parts, group = index % groups.Parts;
            BlockProduct<T, TVector, TSimd>.Run(
                product, panels, rows.Start(row), rows.Start(row + 1), groups.Start(group), groups.Start(group + 1));
        }
    }
}
