using System.Runtime.Intrinsics;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Kernels;

/// <summary>
/// Where the channels lie in N×C or N×C×H×W, for operations that do with each channel the same as with the others.
/// </summary>
/// <remarks>
/// With positions, a channel is a run of H·W elements in each of N images, and vectors lie along a run. Without, the
/// channels of one sample lie side by side, and a vector holds one element of each of several channels. Either way a
/// group of channels is a <see cref="Strip"/>, and a value per channel is a vector: of copies, or of one per lane.
/// </remarks>
internal readonly struct ChannelLayout
{
    private readonly int batch;
    private readonly int positions;

    public ChannelLayout(Shape shape)
    {
        Require.Channels(shape);
        batch = shape[0];
        Channels = shape[1];
        positions = shape.Stride(1);
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>How many elements a channel has.</summary>
    public int ElementsPerChannel => batch * positions;

    /// <summary>The groups of channels, cut into jobs.</summary>
    public Partition Partition<T>()
    {
        int channels = positions > 1 ? 1 : Vector512<T>.Count;
        return new Partition((Channels + channels - 1) / channels, (long)ElementsPerChannel * channels);
    }

    /// <summary>A group of channels.</summary>
    public ChannelGroup<T> Group<T>(int index)
        where T : unmanaged
    {
        if (positions > 1)
        {
            return new ChannelGroup<T>(index, 0, index * positions, new Strip(batch, positions, Channels * positions));
        }

        int first = index * Vector512<T>.Count, lanes = Math.Min(Channels - first, Vector512<T>.Count);
        return new ChannelGroup<T>(first, lanes, first, new Strip(batch, lanes, Channels));
    }
}

/// <summary>One channel, or as many as a vector has lanes.</summary>
/// <param name="First">The first channel.</param>
/// <param name="LaneCount">How many channels lie side by side in a vector; 0 where a vector lies along one channel.</param>
/// <param name="Offset">Where the group begins in the tensor.</param>
/// <param name="Strip">The group's elements.</param>
internal readonly unsafe record struct ChannelGroup<T>(int First, int LaneCount, int Offset, Strip Strip)
    where T : unmanaged
{
    /// <summary>The sum of each channel out of the sum of its strip.</summary>
    public Vector512<T> Total(Vector512<T> sum) => LaneCount == 0 ? Vector512.Create(Lanes.Sum(sum)) : sum;

    /// <summary>A value per channel out of an array of C.</summary>
    public Vector512<T> Load(T* perChannel) =>
        LaneCount == 0 ? Vector512.Create(perChannel[First]) : Lanes.Load(perChannel + First, LaneCount);

    /// <summary>Writes a value per channel into an array of C.</summary>
    public void Store(Vector512<T> values, T* perChannel) => Lanes.Store(values, perChannel + First, Math.Max(LaneCount, 1));
}
