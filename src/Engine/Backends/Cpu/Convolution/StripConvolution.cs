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

    // Tiles that make the copying of a panel worthwhile.
    private const int FewTiles = 4;

    /// <summary>Whether the method applies, and vectors along the places are mostly full.</summary>
    public static bool Suits<T>(in Geometry geometry)
        where T : unmanaged
    {
        int lanes = Widest.Lanes<T>(), vectors = (geometry.Positions + lanes - 1) / lanes;
        return geometry.Groups == 1 && geometry.IsPointwise && 4 * geometry.Positions >= 3 * vectors * lanes;
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
            int all = geometry.Images * panels.Parts;
            bool byPlaces = all >= 3 * EnoughJobs;
            Cut panelParts = new(all, byPlaces ? Math.Min(MostPanels, ((all - 1) / EnoughJobs) + 1) : MostPanels);
            int jobs = byPlaces ? 1 : Math.Clamp(tiles.Parts / FewTiles / 2 * 2, 1, EnoughJobs);
            Cut tileParts = new(tiles.Parts, Math.Min(MostTiles, ((tiles.Parts - 1) / jobs) + 1));
            Job<T, TVector, TSimd> job = new(geometry, tiles, panels, tileParts, panelParts, x, strips, bias, activation, y);
            WorkerPool.Run(job, tileParts.Parts * panelParts.Parts);
        }
    }

    private readonly struct Job<T, TVector, TSimd>(
        in Geometry geometry, Cut tiles, Cut panels, Cut tileParts, Cut panelParts, T* x, T* strips, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private static readonly int Tile = TSimd.TileRows * TSimd.TileVectors * TSimd.Lanes;

        private readonly Geometry geometry = geometry;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Execute(int index)
        {
            (int tilePart, int panelPart) = Math.DivRem(index, panelParts.Parts);
            int firstTile = tileParts.Start(tilePart), endTile = tileParts.Start(tilePart + 1), channels = geometry.ChannelsPerGroup;
            int firstPanel = panelParts.Start(panelPart), endPanel = panelParts.Start(panelPart + 1);
            Cut depths = new(channels, LargestDepth);
            T* copy = Scratch.Get<T>(ScratchUse.PackedB, (long)depths.LargestPart * TSimd.TileVectors * TSimd.Lanes);
            T* sums = Scratch.Get<T>(ScratchUse.Planes, (depths.Parts == 1 ? 1 : (endTile - firstTile) * (endPanel - firstPanel)) * Tile);
            for (int block = 0; block < depths.Parts; block++)
            {
                int channel = depths.Start(block), depth = depths.Start(block + 1) - channel;
                bool isFirst = block == 0, isLast = block == depths.Parts - 1;
                T* sum = sums;
                for (int at = firstPanel; at < endPanel; at++)
                {
                    (int image, int panel) = Math.DivRem(at, panels.Parts);
                    int vectors = panels.Start(panel + 1) - panels.Start(panel), width = vectors * TSimd.Lanes;
                    int place = panels.Start(panel) * TSimd.Lanes, columns = Math.Min(width, geometry.Positions - place);
                    T* source = x + ((nint)image * geometry.ImageSize) + ((nint)channel * geometry.Plane) + place;
                    bool copyOnTheWay = columns == TSimd.TileVectors * TSimd.Lanes;
                    if (!copyOnTheWay)
                    {
                        Strips.Pack(source, geometry.Plane, 1, columns, depth, copy, width);
                    }

                    for (int tile = firstTile; tile < endTile; tile++)
                    {
                        int output = tiles.Start(tile), rows = tiles.Start(tile + 1) - output;
                        T* weights = strips + ((nint)output * channels) + (channel * rows);
                        if (copyOnTheWay && tile == firstTile)
                        {
                            CopiedRows<T, TVector, TSimd> b = new(source, geometry.Plane, copy);
                            MicroKernel<T, TVector, TSimd>.Run(rows, vectors, depth, weights, 1, rows, b, isFirst ? null : sum, width, sum, width);
                        }
                        else if (at == firstPanel)
                        {
                            ForeseeingRows<T> b = new(copy, width, weights + (rows * channels));
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
