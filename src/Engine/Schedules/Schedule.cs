namespace Engine.Schedules;

/// <summary>How the learning rate changes while a network is trained.</summary>
/// <remarks>A function of how far training has come and of nothing else, so that a resumed run goes on where it was.</remarks>
public abstract class Schedule
{
    /// <summary>η for a step.</summary>
    /// <param name="progress">The share of all steps that were taken before it: 0 for the first step, below 1 for the last.</param>
    public abstract double Rate(double progress);

    /// <summary>The rule and its settings in a few words; runs with the same words have the same rates.</summary>
    public abstract override string ToString();
}
