namespace Engine.Training;

/// <summary>What came of one step, and of its epoch so far.</summary>
/// <param name="Epoch">Which epoch, from 1.</param>
/// <param name="Step">Which step of it, from 1.</param>
/// <param name="Samples">Samples in its batch.</param>
/// <param name="Loss">Their mean loss, before the step.</param>
/// <param name="EpochLoss">The mean loss over the epoch so far.</param>
/// <param name="EpochAccuracy">The accuracy over the epoch so far, 0 … 1; null for regression.</param>
public readonly record struct StepReport(
    int Epoch, int Step, int Samples, double Loss, double EpochLoss, double? EpochAccuracy);
