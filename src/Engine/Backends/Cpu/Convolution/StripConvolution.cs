using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// Convolution with windows of one pixel as a matrix product, places as the lanes, its weights prepared in strips
/// (<see cref="WeightStrips"/>).
/// </summary>
/// <remarks>
/// <para>
/// Y = W·X with a row per output channel, a row of X per input channel, a column per place: pictures stay as they lie, and
/// nothing has to be turned. The tiles of the product are the micro-kernel's, up to 14 output channels by 2 vectors of
/// places. A panel of X, 2 vectors by some 256 channels, is copied on the first tile's way to where it stays in
/// the first-level cache, and all strips of weights pass over it from the second: so weights are fetched from
/// memory once per job, however many places there are.
/// </para>
/// <para>
/// Sums that continue from one block of channels to the next wait in tiles of their own; y is written once, with bias and
/// activation, from a tile that is in the first-level cache (<see cref="TileEnd{T, TVector, TSimd}"/>).
/// </para>
/// <para>
/// Many places are dealt out to the jobs, with all weights; few places are not cut: jobs take output channels, so that
/// each weight is read by one thread alone.
/// </para>
/// </remarks>
internal static unsafe class StripConvolution
{
    // Channels of a block: 2 vectors of 16 floats make it a panel of 32 KB.
    private const int LargestDepth = 256;

    // Strips of a job that stay in the second-level cache, 256 deep.
    private const int MostTiles = 40;

    // Panels of a job, whose sums stay in the second-level cache beside the strips.
    private const int MostPanels = 16;

    private const int EnoughJobs = 8;

    /// <summary>Whether the method applies, and vectors along the places are mostly full.</summary>
    public static bool Suits<T>(in Geometry geometry)
        where T : unmanaged
    {
        int lanes = Widest.Lanes<T>(), vectors = (geometry.Positions + lanes - 1) / lanes;
        return geometry.Groups == 1 && geometry.Window.Dilation == 1 && !geometry.IsWholeImage && 4 * geometry.Positions >= 3 * vectors * lanes;
    }

    /// <summary>y = f(w ∗ x + bias), with weights from <see cref="WeightStrips"/>.</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* strips, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Widest.Run<T, Routine<T>>(new Routine<T>(geometry, x, strips, bias, activation, y));

    private readonly struct Routine<T>(in Geometry geometry, T* x, T* strips, T* bias, Activation? activation, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            Cut tiles = new(geometry.OutputsPerGroup, TSimd.TileRows), panels = new((geometry.Positions + TSimd.Lanes - 1) / TSimd.Lanes, TSimd.TileVectors);
            WindowPanels<T, TVector, TSimd> source = new(geometry, x);
            int all = geometry.Images * panels.Parts;
            if (all >= 3 * EnoughJobs)
            {
                Cut panelParts = new(all, Math.Min(MostPanels, ((all - 1) / EnoughJobs) + 1)), tileParts = new(tiles.Parts, MostTiles);
                Job<T, TVector, TSimd> job = new(geometry, source, tiles, panels, tileParts, panelParts, null, strips, bias, activation, y);
                WorkerPool.Run(job, tileParts.Parts * panelParts.Parts);
            }
            else
            {
                Cut panelParts = new(all, MostPanels), tileParts = Evenly(tiles.Parts);
                T* copies = Scratch.Get<T>(ScratchUse.PackedB, Job<T, TVector, TSimd>.Room(geometry) * all);
                Job<T, TVector, TSimd> job = new(geometry, source, tiles, panels, tileParts, panelParts, copies, strips, bias, activation, y);
                WorkerPool.Run(new CopyJob<T, TVector, TSimd>(job), all * job.Blocks);
                WorkerPool.Run(job, tileParts.Parts * panelParts.Parts);
            }
        }
    }

    // An even number of parts, for what is dealt out once should come out even.
    private static Cut Evenly(int tiles)
    {
        int largest = Math.Min(MostTiles, ((tiles - 1) / EnoughJobs) + 1);
        while (new Cut(tiles, largest).Parts % 2 != 0 && largest < tiles)
        {
            largest++;
        }

        return new Cut(tiles, largest);
    }

    private readonly struct CopyJob<T, TVector, TSimd>(in Job<T, TVector, TSimd> job) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Job<T, TVector, TSimd> job = job;

        public void Execute(int index)
        {
            (int at, int block) = Math.DivRem(index, job.Blocks);
            job.Copy(at, block, job.CopyOf(at, block));
        }
    }

    private readonly struct Job<T, TVector, TSimd>(
        in Geometry geometry, in WindowPanels<T, TVector, TSimd> source, Cut tiles, Cut panels, Cut tileParts, Cut panelParts, T* copies, T* strips, T* bias, Activation? activation, T* y)
        : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;
        private readonly WindowPanels<T, TVector, TSimd> source = source;
        private readonly Cut depths = new(geometry.Depth, LargestDepth);

        public int Blocks => depths.Parts;

        private static int Tile => TSimd.TileRows * TSimd.TileVectors * TSimd.Lanes;

        private static int RoomOfBlock(Cut depths) => (depths.LargestPart * TSimd.TileVectors * TSimd.Lanes) + WindowPanels<T, TVector, TSimd>.Slack;

        public static long Room(in Geometry geometry)
        {
            Cut depths = new(geometry.Depth, LargestDepth);
            return (long)depths.Parts * RoomOfBlock(depths);
        }

        public T* CopyOf(int at, int block) => copies + (((nint)at * depths.Parts) + block) * RoomOfBlock(depths);

        public void Copy(int at, int block, T* copy)
        {
            (int image, int panel) = Math.DivRem(at, panels.Parts);
            int place = panels.Start(panel) * TSimd.Lanes, width = (panels.Start(panel + 1) - panels.Start(panel)) * TSimd.Lanes;
            source.Copy(image, place, Math.Min(width, geometry.Positions - place), depths.Start(block), depths.Start(block + 1) - depths.Start(block), copy, width);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            (int tilePart, int panelPart) = Math.DivRem(index, panelParts.Parts);
            int firstTile = tileParts.Start(tilePart), endTile = tileParts.Start(tilePart + 1);
            int firstPanel = panelParts.Start(panelPart), endPanel = panelParts.Start(panelPart + 1);
            T* copy = copies is null ? Scratch.Get<T>(ScratchUse.PackedB, RoomOfBlock(depths)) : null;
            T* sums = Scratch.Get<T>(ScratchUse.Planes, (depths.Parts == 1 ? 1 : (endTile - firstTile) * (endPanel - firstPanel)) * Tile);
            for (int block = 0; block < depths.Parts; block++)
            {
                int k = depths.Start(block), depth = depths.Start(block + 1) - k;
                bool isFirst = block == 0, isLast = block == depths.Parts - 1;
                T* sum = sums;
                for (int at = firstPanel; at < endPanel; at++)
                {
                    (int image, int panel) = Math.DivRem(at, panels.Parts);
                    int vectors = panels.Start(panel + 1) - panels.Start(panel), width = vectors * TSimd.Lanes;
                    int place = panels.Start(panel) * TSimd.Lanes, columns = Math.Min(width, geometry.Positions - place);
                    bool copyOnTheWay = copies is null && source.AreImages && columns == TSimd.TileVectors * TSimd.Lanes;
                    if (copies is not null)
                    {
                        copy = CopyOf(at, block);
                    }
                    else if (!copyOnTheWay)
                    {
                        Copy(at, block, copy);
                    }

                    for (int tile = firstTile; tile < endTile; tile++)
                    {
                        int output = tiles.Start(tile), rows = tiles.Start(tile + 1) - output;
                        T* weights = strips + ((nint)output * geometry.Depth) + (k * rows);
                        if (copyOnTheWay && tile == firstTile)
                        {
                            CopiedRows<T, TVector, TSimd> b = new(source.Row(image, k, place), source.Step, copy);
                            MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, isFirst ? null : sum, width, sum, width);
                        }
                        else if (at == firstPanel)
                        {
                            ForeseeingRows<T> b = new(copy, width, weights + (rows * geometry.Depth));
                            MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, isFirst ? null : sum, width, sum, width);
                        }
                        else
                        {
                            StridedRows<T> b = new(copy, width);
                            MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, isFirst ? null : sum, width, sum, width);
                        }

                        if (isLast)
                        {
                            TileEnd<T, TVector, TSimd>.Store(
                                sum, rows, columns, width, bias is null ? null : bias + output, activation,
                                y + ((nint)image * geometry.OutImageSize) + ((nint)output * geometry.Positions) + place, geometry.Positions);
                        }

                        sum += depths.Parts == 1 ? 0 : Tile;
                    }
                }
            }
        }
    }
}
