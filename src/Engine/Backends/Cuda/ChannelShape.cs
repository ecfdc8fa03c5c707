using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Tensors;

namespace Engine.Backends.Cuda;

/// <summary>
/// How blocks share the work on N×C×H×W or N×C, channel by channel. Laid out as the structure of that name in
/// <c>kernels/channels.h</c>, which says how threads go through it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct ChannelShape
{
    // What one block goes through by itself; and how many blocks keep a large device busy.
    private const int BlockElements = 16384;
    private const int FewBlocks = 1024;
    private const int LeastPart = 8192;
    private const int MostPart = 65536;

    private readonly int batch;
    private readonly int channels;
    private readonly int positions;
    private readonly int columns;
    private readonly int parts;
    private readonly int part;

    private ChannelShape(int batch, int channels, int positions, int parts, int part)
    {
        (this.batch, this.channels, this.positions, this.parts, this.part) = (batch, channels, positions, parts, part);
        columns = ColumnsOf(channels, positions);
    }

    /// <summary>Blocks that share a channel.</summary>
    public int Parts => parts;

    /// <summary>C.</summary>
    public int Channels => channels;

    /// <summary>Groups of channels that a block works on together.</summary>
    public int Tiles => (channels + columns - 1) / columns;

    /// <summary>Blocks for all channels.</summary>
    public int Blocks => Tiles * parts;

    /// <summary>Threads of a block: more where few blocks have much to do.</summary>
    public int Threads => parts == 1 && (long)part * columns > LeastPart ? 512 : 256;

    /// <summary>The work on a tensor with channels, as few blocks per channel as go without losing time.</summary>
    public static ChannelShape Of(Shape shape) => Of(shape[0], shape[1], shape.Stride(1));

    /// <inheritdoc cref="Of(Shape)"/>
    /// <param name="batch">N.</param>
    /// <param name="channels">C.</param>
    /// <param name="positions">H·W.</param>
    /// <param name="outer">How many such tensors lie behind one another.</param>
    public static ChannelShape Of(int batch, int channels, int positions, int outer = 1)
    {
        int elements = batch * positions, columns = ColumnsOf(channels, positions);
        return (long)elements * columns <= BlockElements
            ? new(batch, channels, positions, 1, elements)
            : Split(batch, channels, positions, outer);
    }

    /// <summary>A block per channel, however large.</summary>
    public static ChannelShape Whole(Shape shape) => new(shape[0], shape[1], shape.Stride(1), 1, shape[0] * shape.Stride(1));

    /// <summary>The work on a tensor with channels cut into parts for many blocks.</summary>
    public static ChannelShape Split(Shape shape) => Split(shape[0], shape[1], shape.Stride(1), 1);

    private static ChannelShape Split(int batch, int channels, int positions, int outer)
    {
        int elements = batch * positions, columns = ColumnsOf(channels, positions), part = LeastPart / columns;
        long tiles = (channels + columns - 1) / columns * (long)outer;
        while (part < MostPart / columns && tiles * Ceiling(elements, part) > FewBlocks)
        {
            part *= 2;
        }

        return new(batch, channels, positions, Ceiling(elements, part), part);
    }

    // The lanes of a warp lie along a run of positions, or, where runs are of one element, across channels.
    private static int ColumnsOf(int channels, int positions) =>
        positions > 1 ? 1 : (int)Math.Min(32, BitOperations.RoundUpToPowerOf2((uint)channels));

    private static int Ceiling(int a, int b) => (int)(((long)a + b - 1) / b);
}
