namespace Engine.Training;

/// <summary>What came of one epoch.</summary>
/// <param name="Epoch">Which one, from 1.</param>
/// <param name="Loss">The mean loss over its samples, each measured just before the step it took part in.</param>
/// <param name="Accuracy">The fraction of them classified rightly, 0 … 1; null for regression.</param>
/// <param name="ValidationLoss">The mean loss over the validation data after the epoch; null without such data.</param>
/// <param name="ValidationAccuracy">The fraction of it classified rightly; null for regression or without such data.</param>
/// <param name="SamplesPerSecond">Training samples per second, validation not counted.</param>
/// <param name="Seconds">The time of the whole epoch, validation included.</param>
public sealed record EpochReport(
    int Epoch,
    double Loss,
    double? Accuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double SamplesPerSecond,
    double Seconds);
