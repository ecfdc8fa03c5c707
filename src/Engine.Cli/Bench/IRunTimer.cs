namespace Engine.Cli.Bench;

/// <summary>Tells how long something takes that can be done again and again.</summary>
internal interface IRunTimer
{
    /// <summary>The time of one run.</summary>
    /// <param name="work">Does it, or queues it.</param>
    TimeSpan Measure(Action work);
}
