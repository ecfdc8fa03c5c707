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
/// Sums that continue from one block of channels to the next wait in tiles of their own; y is written once, with bias,
/// addend and activation, from a tile that is in the first-level cache (<see cref="TileEnd{T, TVector, TSimd}"/>).
/// </para>
/// <para>
/// Many places are dealt out to the jobs, with all weights; few places are not cut: jobs take output channels, so that
/// each weight is read by one thread alone.
/// </para>
/// </remarks>
internal static unsafe class StripConvolution
{
    // Three vectors of 16 floats; the 49 places of a network's last stage fill three quarters of four.
    private const int FewestPlaces = 48;

    // Channels of a block: 2 vectors of 16 floats make it a panel of 32 KB.
    private const int LargestDepth = 256;

    // Strips of a job that stay in the second-level cache, 256 deep.
    private const int MostTiles = 40;

    // Panels of a job, whose sums stay in the second-level cache beside the strips.
    private const int MostPanels = 16;

    // Jobs enough to keep a small machine busy, and panels enough for them.
    private const int EnoughJobs = 8;
    private const int ManyPanels = 3 * EnoughJobs;

    /// <summary>Whether the method applies, and vectors along the places are mostly full.</summary>
    public static bool Suits(in Geometry geometry) =>
        geometry.Groups == 1 && geometry.Window.Kernel == 1 && geometry.Window.Before == 0 && geometry.Window.After == 0
        && geometry.Positions >= FewestPlaces;

    /// <summary>y = f(w ∗ x + bias + addend), with weights from <see cref="WeightStrips"/>; bias and addend may be null.</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* strips, T* bias, T* addend, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Widest.Run<T, Routine<T>>(new Routine<T>(geometry, x, strips, bias, addend, activation, y));

    // An even number of parts: what few threads share should come out even.
    private static Cut Evenly(int tiles)
    {
        int largest = Math.Min(MostTiles, ((tiles - 1) / EnoughJobs) + 1);
        while (new Cut(tiles, largest).Parts % 2 != 0 && largest < tiles)
        {
            largest++;
        }

        return new Cut(tiles, largest);
    }

    private readonly struct Routine<T>(in Geometry geometry, T* x, T* strips, T* bias, T* addend, Activation? activation, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            T* source = geometry.IsPointwise ? x : ThinnedImages.Of(geometry, x);
            Cut tiles = new(geometry.OutputsPerGroup, TSimd.TileRows), panels = new((geometry.Positions + TSimd.Lanes - 1) / TSimd.Lanes, TSimd.TileVectors);
            int all = geometry.Images * panels.Parts;
            if (all >= ManyPanels)
            {
                Cut some = new(all, Math.Min(MostPanels, ((all - 1) / EnoughJobs) + 1)), strip = new(tiles.Parts, MostTiles);
                Job<T, TVector, TSimd> job = new(geometry, tiles, panels, strip, some, source, null, strips, bias, addend, activation, y);
                WorkerPool.Run(job, job.Count);
            }
            else
            {
                // All jobs need all panels, which are copied once for all.
                T* copies = Scratch.Get<T>(ScratchUse.PackedB, (long)geometry.ChannelsPerGroup * all * TSimd.TileVectors * TSimd.Lanes);
                Job<T, TVector, TSimd> job = new(geometry, tiles, panels, Evenly(tiles.Parts), new Cut(all, all), source, copies, strips, bias, addend, activation, y);
                WorkerPool.Run(new CopyJob<T, TVector, TSimd>(job), all * job.Blocks);
                WorkerPool.Run(job, job.Count);
            }
        }
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

    /// <summary>Some tiles of output channels at the places of some panels, counted over all images.</summary>
    private readonly struct Job<T, TVector, TSimd>(
        in Geometry geometry, Cut tiles, Cut panels, Cut tileParts, Cut panelParts, T* x, T* copies, T* strips, T* bias, T* addend, Activation? activation, T* y)
        : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;
        private readonly Cut depths = new(geometry.ChannelsPerGroup, LargestDepth);

        public int Count => tileParts.Parts * panelParts.Parts;

        public int Blocks => depths.Parts;

        private static int FullWidth => TSimd.TileVectors * TSimd.Lanes;

        public T* CopyOf(int at, int block) => copies + ((((nint)at * geometry.ChannelsPerGroup) + depths.Start(block)) * FullWidth);

        public void Copy(int at, int block, T* copy)
        {
            Panel panel = PanelAt(at);
            Strips.Pack(RowOf(panel, depths.Start(block)), geometry.Positions, 1, panel.Columns, depths.Start(block + 1) - depths.Start(block), copy, panel.Width);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            (int tilePart, int panelPart) = Math.DivRem(index, panelParts.Parts);
            int firstTile = tileParts.Start(tilePart), endTile = tileParts.Start(tilePart + 1);
            int firstPanel = panelParts.Start(panelPart), endPanel = panelParts.Start(panelPart + 1);
            int tile = TSimd.TileRows * FullWidth, sumsToKeep = Blocks == 1 ? 1 : (endTile - firstTile) * (endPanel - firstPanel);
            T* sums = Scratch.Get<T>(ScratchUse.Planes, (long)sumsToKeep * tile);
            T* copy = copies is null ? Scratch.Get<T>(ScratchUse.PackedB, (long)depths.LargestPart * FullWidth) : null;
            for (int block = 0; block < Blocks; block++)
            {
                T* sum = sums;
                for (int at = firstPanel; at < endPanel; at++)
                {
                    bool copyOnTheWay = copies is null && PanelAt(at).Columns == FullWidth;
                    if (copies is not null)
                    {
                        copy = CopyOf(at, block);
                    }
                    else if (!copyOnTheWay)
                    {
                        Copy(at, block, copy);
                    }

                    for (int t = firstTile; t < endTile; t++)
                    {
                        Multiply(t, at, block, copy, copyOnTheWay && t == firstTile, at == firstPanel, sum);
                        sum += Blocks == 1 ? 0 : tile;
                    }
                }
            }
        }

        // One tile under one block of channels; the last block finishes it.
        private void Multiply(int tile, int at, int block, T* copy, bool copyOnTheWay, bool foresee, T* sum)
        {
            Panel panel = PanelAt(at);
            int k = depths.Start(block), depth = depths.Start(block + 1) - k, vectors = panel.Width / TSimd.Lanes;
            int output = tiles.Start(tile), rows = tiles.Start(tile + 1) - output;
            T* weights = strips + ((nint)output * geometry.ChannelsPerGroup) + (k * rows), start = block == 0 ? null : sum;
            nint place = ((nint)panel.Image * geometry.OutImageSize) + ((nint)output * geometry.Positions) + panel.Place;
            T* added = addend is null || block < Blocks - 1 ? null : addend + place;
            if (added is not null)
            {
                // Its rows lie far apart; they are there when the sums are.
                CacheLines.PrefetchRows(added, geometry.Positions, rows, panel.Columns);
            }

            if (copyOnTheWay)
            {
                CopiedRows<T, TVector, TSimd> b = new(RowOf(panel, k), geometry.Positions, copy);
                MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, start, panel.Width, sum, panel.Width);
            }
            else if (foresee)
            {
                // The first panel meets weights that come from memory: those of the next strip are asked for meanwhile.
                ForeseeingRows<T> b = new(copy, panel.Width, weights + (rows * geometry.ChannelsPerGroup));
                MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, start, panel.Width, sum, panel.Width);
            }
            else
            {
                StridedRows<T> b = new(copy, panel.Width);
                MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, start, panel.Width, sum, panel.Width);
            }

            if (block == Blocks - 1)
            {
                T* biases = bias is null ? null : bias + output;
                TileEnd<T, TVector, TSimd>.Store(sum, rows, panel.Columns, panel.Width, biases, added, activation, y + place, geometry.Positions);
            }
        }

        private T* RowOf(in Panel panel, int channel) =>
            x + ((((nint)panel.Image * geometry.ChannelsPerGroup) + channel) * geometry.Positions) + panel.Place;

        private Panel PanelAt(int at)
        {
            (int image, int panel) = Math.DivRem(at, panels.Parts);
            int place = panels.Start(panel) * TSimd.Lanes, width = (panels.Start(panel + 1) * TSimd.Lanes) - place;
            return new Panel(image, place, width, Math.Min(width, geometry.Positions - place));
        }
    }

    /// <summary>Some vectors of neighbouring places of an image, and how many places there are.</summary>
    private readonly record struct Panel(int Image, int Place, int Width, int Columns);
}
