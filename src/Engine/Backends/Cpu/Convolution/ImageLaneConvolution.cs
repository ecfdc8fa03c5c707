using System.Numerics;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The gradient in x with a batch of small images: each lane of a vector is an image.</summary>
/// <remarks>
/// <para>
/// A small image fills no vector along its rows: of 16 lanes a row of ten places uses ten, and the gradient of a 5×5 window
/// makes 14 out of those ten, so that half of the products are with zeros. Images, though, come by the dozen. Turned
/// so that number i of 16 images lies in one vector, every shape, stride and border is computed without a wasted
/// lane, and what one place adds to its window is as many plain vector sums.
/// </para>
/// <para>
/// Turning costs a fraction of an instruction per number and comes back many times over where each number takes part in
/// dozens of products. A job is one vector of images, all of whose pixels should fit the second-level cache; where those are few,
/// half of the channels that are to be computed.
/// </para>
/// </remarks>
internal static unsafe class ImageLaneConvolution
{
    // Of the second-level cache, for the pixels and gradients of a vector of images.
    private const int LaneBytes = 1024 * 1024;

    // With fewer vectors of images than this two threads would not be busy all the time, and the channels are dealt out, too.
    private const int EnoughVectors = 4;

    /// <summary>Whether there are images for most of the lanes and they fit the cache.</summary>
    public static bool Suits<T>(in Geometry geometry)
        where T : unmanaged
    {
        int lanes = Widest.Lanes<T>(), vectors = (geometry.Images + lanes - 1) / lanes;
        return 4 * geometry.Images >= 3 * vectors * lanes && geometry.Window.Mode == PaddingMode.Zero
            && (long)(geometry.ChannelsPerGroup * geometry.Plane + geometry.OutputsPerGroup * geometry.Positions) * lanes * sizeof(T) <= LaneBytes;
    }

    /// <summary>y = f(w ∗ x + bias), for a window that moves by one pixel along rows.</summary>
    public static void Forward<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Widest.Run<T, ForwardRoutine<T>>(new ForwardRoutine<T>(geometry, x, w, bias, activation, y));

    /// <summary>Whether <see cref="Forward"/> can.</summary>
    public static bool SuitsForward<T>(in Geometry geometry)
        where T : unmanaged => Suits<T>(geometry) && geometry.Window.Stride.X == 1 && geometry.Window.Before == 0 && geometry.Window.After == 0;

    // How the channels to be computed are cut, and how many jobs that makes.
    private static (Cut Channels, int Jobs) Deal(in Geometry geometry, int lanes, int channels)
    {
        int jobs = (geometry.Images + lanes - 1) / lanes * geometry.Groups;
        Cut cut = new(channels, jobs < EnoughVectors ? (channels + 1) / 2 : channels);
        return (cut, jobs * cut.Parts);
    }

    private readonly struct ForwardRoutine<T>(in Geometry geometry, T* x, T* w, T* bias, Activation? activation, T* y) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            int* taps = ChannelLaneConvolution.TapOffsets(geometry, geometry.ChannelsPerGroup, geometry.Plane, geometry.Width);
            for (int i = 0; i < geometry.Depth; i++)
            {
                taps[i] *= TSimd.Lanes;
            }

            (Cut channels, int jobs) = Deal(geometry, TSimd.Lanes, geometry.OutputsPerGroup);
            WorkerPool.Run(new ForwardJob<T, TVector, TSimd>(geometry, channels, taps, x, w, bias, activation, y), jobs);
        }
    }

    private readonly struct ForwardJob<T, TVector, TSimd>(
        in Geometry geometry, Cut channels, int* taps, T* x, T* w, T* bias, Activation? activation, T* y) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            (index, int part) = Math.DivRem(index, channels.Parts);
            (int vector, int group) = Math.DivRem(index, geometry.Groups);
            int firstImage = vector * TSimd.Lanes, images = Math.Min(TSimd.Lanes, geometry.Images - firstImage);
            int first = (group * geometry.OutputsPerGroup) + channels.Start(part), outputs = channels.Start(part + 1) - channels.Start(part);
            int pixels = geometry.ChannelsPerGroup * geometry.Plane, places = outputs * geometry.Positions;
            T* lanesOfX = Scratch.Get<T>(ScratchUse.Columns, (long)pixels * TSimd.Lanes);
            T* lanesOfY = Scratch.Get<T>(ScratchUse.Planes, (long)places * TSimd.Lanes);
            Transposition.ToLanes(
                x + ((nint)firstImage * geometry.ImageSize) + ((nint)group * pixels), geometry.ImageSize, images, pixels, lanesOfX, TSimd.Lanes);
            T* weights = w + ((nint)first * geometry.Depth);
            int row = geometry.OutWidth * TSimd.Lanes;
            nint plane = (nint)geometry.Positions * TSimd.Lanes;
            for (int i = 0; i < geometry.OutHeight; i++)
            {
                ListedProduct<T, TVector, TSimd>.Run(
                    outputs, row, geometry.Depth, weights, geometry.Depth,
                    lanesOfX + ((nint)i * geometry.Window.Stride.Y * geometry.Width * TSimd.Lanes), taps, lanesOfY + ((nint)i * row), plane);
            }

            if (bias is not null)
            {
                for (int k = 0; k < outputs; k++)
                {
                    TVector addend = TSimd.Broadcast(bias + first + k);
                    T* end = lanesOfY + ((k + 1) * plane);
                    for (T* at = lanesOfY + (k * plane); at < end; at += TSimd.Lanes)
                    {
                        TSimd.Store(TSimd.Add(TSimd.Load(at), addend), at);
                    }
                }
            }

            Epilogue.Activate(activation, lanesOfY, places * TSimd.Lanes);
            Transposition.FromLanes(
                lanesOfY, TSimd.Lanes, images, places, y + ((nint)firstImage * geometry.OutImageSize) + ((nint)first * geometry.Positions), geometry.OutImageSize);
        }
    }

    /// <summary>dx = the adjoint of w ∗ x in x, applied to g.</summary>
    public static void BackwardData<T>(in Geometry geometry, T* w, T* g, T* dx)
        where T : unmanaged, IFloatingPointIeee754<T> => Widest.Run<T, Routine<T>>(new Routine<T>(geometry, w, g, dx));

    private readonly struct Routine<T>(in Geometry geometry, T* w, T* g, T* dx) : IWidthRoutine<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly Geometry geometry = geometry;

        public void Run<TVector, TSimd>()
            where TVector : struct
            where TSimd : struct, ISimd<T, TVector>
        {
            Cut outputs = new(geometry.OutputsPerGroup, SpreadKernel<T, TVector, TSimd>.MostOutputs);
            int perPart = (((geometry.OutputsPerGroup - 1) / outputs.Parts) + 4) / 4 * 4;
            int parts = (geometry.OutputsPerGroup + perPart - 1) / perPart;
            T* weights = Scratch.Get<T>(ScratchUse.Weights, (long)geometry.Groups * parts * perPart * geometry.Depth);
            for (int group = 0; group < geometry.Groups; group++)
            {
                for (int part = 0; part < parts; part++)
                {
                    int first = part * perPart, count = Math.Min(perPart, geometry.OutputsPerGroup - first);
                    Transposition.ToLanes(
                        w + ((nint)((group * geometry.OutputsPerGroup) + first) * geometry.Depth), geometry.Depth, count, geometry.Depth,
                        weights + ((nint)((group * parts) + part) * perPart * geometry.Depth), perPart);
                }
            }

            (Cut channels, int jobs) = Deal(geometry, TSimd.Lanes, geometry.ChannelsPerGroup);
            WorkerPool.Run(new Job<T, TVector, TSimd>(geometry, channels, perPart, weights, g, dx), jobs);
        }
    }

    private readonly struct Job<T, TVector, TSimd>(in Geometry geometry, Cut channels, int perPart, T* weights, T* g, T* dx) : IParallelJob
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct
        where TSimd : struct, ISimd<T, TVector>
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            (index, int share) = Math.DivRem(index, channels.Parts);
            (int vector, int group) = Math.DivRem(index, geometry.Groups);
            int firstImage = vector * TSimd.Lanes, images = Math.Min(TSimd.Lanes, geometry.Images - firstImage);
            int first = channels.Start(share), inputs = channels.Start(share + 1) - first;
            int parts = (geometry.OutputsPerGroup + perPart - 1) / perPart, pixels = inputs * geometry.Plane;
            T* lanesOfG = Scratch.Get<T>(ScratchUse.Planes, (long)parts * perPart * geometry.Positions * TSimd.Lanes);
            T* lanesOfX = Scratch.Get<T>(ScratchUse.Columns, (long)pixels * TSimd.Lanes);
            int gradients = geometry.OutputsPerGroup * geometry.Positions;
            Transposition.ToLanes(
                g + ((nint)firstImage * geometry.OutImageSize) + ((nint)group * gradients), geometry.OutImageSize, images, gradients, lanesOfG, TSimd.Lanes);
            new Span<T>(lanesOfG + ((nint)gradients * TSimd.Lanes), ((parts * perPart) - geometry.OutputsPerGroup) * geometry.Positions * TSimd.Lanes).Clear();
            new Span<T>(lanesOfX, pixels * TSimd.Lanes).Clear();
            for (int part = 0; part < parts; part++)
            {
                SpreadKernel<T, TVector, TSimd>.Run(
                    geometry,
                    inputs,
                    perPart,
                    lanesOfG + ((nint)part * perPart * geometry.Positions * TSimd.Lanes),
                    weights + ((nint)((((group * parts) + part) * geometry.Depth) + (first * geometry.Taps)) * perPart),
                    lanesOfX);
            }

            Transposition.FromLanes(
                lanesOfX, TSimd.Lanes, images, pixels,
                dx + ((nint)firstImage * geometry.ImageSize) + ((nint)((group * geometry.ChannelsPerGroup) + first) * geometry.Plane), geometry.ImageSize);
        }
    }
}
