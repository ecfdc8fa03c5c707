namespace Engine.Training;

/// <summary>Where the time of steps went.</summary>
/// <param name="Steps">How many steps there were.</param>
/// <param name="StepMilliseconds">The median of their times.</param>
/// <param name="Rows">What was done in them, in the order in which it first ended.</param>
public sealed record ProfileReport(int Steps, double StepMilliseconds, IReadOnlyList<ProfileRow> Rows)
{
    /// <summary>The rows' medians together: what shares are of. Of one step it is the step's time; of several it is near their median.</summary>
    public double Milliseconds => Rows.Sum(r => r.Milliseconds);

    /// <summary>A row's part of the whole, from 0 to 1.</summary>
    public double Share(ProfileRow row) => Milliseconds > 0 ? row.Milliseconds / Milliseconds : 0;
}

/// <summary>One row of a <see cref="ProfileReport"/>: a layer in one direction, or another part of the step.</summary>
/// <param name="Layer">The layer's path, "block1.conv1". Empty for a part of the step; of Forward and Backward then what lies between the layers.</param>
/// <param name="Work">The part of the step.</param>
/// <param name="Milliseconds">The median over the steps of its own time, that of layers inside it left out.</param>
/// <param name="Flops">Floating-point operations in a step; of a smaller last batch they are fewer.</param>
/// <param name="Bytes">Bytes read and written in a step, every tensor counted once.</param>
/// <param name="FlopsPerSecond">The median rate.</param>
/// <param name="BytesPerSecond">The median rate.</param>
public sealed record ProfileRow(
    string Layer, ProfiledWork Work, double Milliseconds, long Flops, long Bytes, double FlopsPerSecond, double BytesPerSecond);
