using System.Numerics;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>The gradient in x for stride 1: a convolution of g with the window turned by 180°.</summary>
/// <remarks>
/// Pixel (i, j) of channel c was seen by place (i − r, j − s) through tap (r, s). So its gradient is the convolution
/// of g, with zeros around it, and the turned window, in which c is the output channel. Unlike adding columns back to
/// where they came from, this writes every pixel once.
/// </remarks>
internal static unsafe class TurnedConvolution
{
    /// <summary>Whether the method applies: what was mirrored at the border cannot be undone by a convolution.</summary>
    public static bool Suits(in Geometry geometry) =>
        geometry.Window.Stride == 1 && !geometry.IsPointwise
        && geometry.Window.Extent.Y > geometry.Window.Before.Y && geometry.Window.Extent.X > geometry.Window.Before.X
        && (geometry.Window.Mode == PaddingMode.Zero || (geometry.Window.Before == 0 && geometry.Window.After == 0));

    /// <summary>dx = the adjoint of w ∗ x in x, applied to g.</summary>
    public static void BackwardData<T>(in Geometry geometry, T* w, T* g, T* dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channels = geometry.Groups * geometry.ChannelsPerGroup;
        T* turned = Scratch.Get<T>(ScratchUse.Weights, (long)channels * geometry.OutputsPerGroup * geometry.Taps);
        WorkerPool.Run(new TurnJob<T>(geometry, w, turned), channels);
        Geometry adjoint = geometry.Adjoint;
        if (ShiftConvolution.Suits(adjoint))
        {
            ShiftConvolution.Forward(adjoint, g, turned, null, null, dx);
        }
        else
        {
            ColumnConvolution.Forward(adjoint, g, turned, null, null, dx);
        }
    }

    // The weights of one input channel, as those of an output channel, last tap first.
    private readonly struct TurnJob<T>(in Geometry geometry, T* w, T* turned) : IParallelJob
        where T : unmanaged
    {
        private readonly Geometry geometry = geometry;

        public void Execute(int index)
        {
            (int group, int channel) = Math.DivRem(index, geometry.ChannelsPerGroup);
            int taps = geometry.Taps;
            T* destination = turned + ((nint)index * geometry.OutputsPerGroup * taps);
            T* source = w + ((nint)group * geometry.OutputsPerGroup * geometry.Depth) + ((nint)channel * taps);
            for (int k = 0; k < geometry.OutputsPerGroup; k++)
            {
                for (int tap = 0; tap < taps; tap++)
                {
                    destination[tap] = source[taps - 1 - tap];
                }

                source += geometry.Depth;
                destination += taps;
            }
        }
    }
}
