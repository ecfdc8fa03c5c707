namespace Engine.Training;

/// <summary>What a span of a profile is about.</summary>
public enum SpanKind
{
    /// <summary>A whole step.</summary>
    Step,

    /// <summary>A part of a step.</summary>
    Part,

    /// <summary>A layer, forward or backward.</summary>
    Layer,
}

/// <summary>A stretch of time in which one thing was done.</summary>
/// <param name="Kind">Step, part of one, or layer.</param>
/// <param name="Layer">The layer's path in its network, "block1.conv1"; empty for steps and parts.</param>
/// <param name="Work">The part of the step.</param>
/// <param name="Step">The number of the step, from 1.</param>
/// <param name="Begin">Nanoseconds since the first step began.</param>
/// <param name="Duration">Nanoseconds it took, what lies inside included.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes read and written.</param>
public readonly record struct ProfiledSpan(
    SpanKind Kind, string Layer, ProfiledWork Work, int Step, long Begin, long Duration, long Flops, long Bytes);
