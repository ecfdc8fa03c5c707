using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>A convolution cut into jobs for <see cref="ShiftConvolution"/>: some output channels and rows of places of one image.</summary>
internal readonly struct ShiftTiles
{
    /// <summary>Numbers that may be read beyond the last plane: a vector's.</summary>
    public const int Slack = 16;

    private readonly int groups;
    private readonly Cut outputs;
    private readonly Cut rows;

    /// <summary>Cuts a convolution.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="mostOutputs">Output channels that a job should not exceed.</param>
    /// <param name="room">Numbers that input and output of a job should not exceed, though it has at least one row of places.</param>
    public ShiftTiles(in Geometry geometry, int mostOutputs, int room)
    {
        groups = geometry.Groups;
        outputs = new Cut(geometry.OutputsPerGroup, mostOutputs);
        int perRow = geometry.Padded.OutWidth * (geometry.ChannelsPerGroup + Math.Min(mostOutputs, geometry.OutputsPerGroup));
        int fitting = Math.Max(1, room / perRow);
        rows = new Cut(geometry.OutHeight, Math.Min(fitting, geometry.OutHeight));

        Plane = ShiftConvolution.Plane(geometry, ((geometry.OutHeight - 1) / rows.Parts) + 1);
        Count = geometry.Images * groups * rows.Parts * outputs.Parts;
    }

    /// <summary>From one channel of a padded image to the next.</summary>
    public int Plane { get; }

    /// <summary>How many jobs.</summary>
    public int Count { get; }

    /// <summary>What a job computes.</summary>
    public Tile this[int index]
    {
        get
        {
            (int rest, int output) = Math.DivRem(index, outputs.Parts);
            (rest, int row) = Math.DivRem(rest, rows.Parts);
            (int image, int group) = Math.DivRem(rest, groups);
            return new Tile(
                image, group, rows.Start(row), rows.Start(row + 1), outputs.Start(output), outputs.Start(output + 1));
        }
    }

    /// <summary>One image, one group, and of these some rows of places and output channels.</summary>
    internal readonly record struct Tile(int Image, int Group, int FirstRow, int EndRow, int FirstOutput, int EndOutput);
}
