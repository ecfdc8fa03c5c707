namespace Engine.Training;

/// <summary>Where a run stands: epochs done, steps done of the next, and the sums over these steps.</summary>
internal sealed class EpochProgress
{
    public int EpochsDone { get; init; }

    public int StepsDone { get; private set; }

    public long Samples { get; private set; }

    public double LossSum { get; private set; }

    public long Right { get; private set; }

    /// <summary>Time spent on these steps before the run was interrupted.</summary>
    public double SecondsBefore { get; private set; }

    public double MeanLoss => LossSum / Samples;

    public double Accuracy => (double)Right / Samples;

    public static EpochProgress Restore(int epochsDone, int stepsDone, long samples, double lossSum, long right, double seconds) => new()
    {
        EpochsDone = epochsDone,
        StepsDone = stepsDone,
        Samples = samples,
        LossSum = lossSum,
        Right = right,
        SecondsBefore = seconds,
    };

    /// <summary>Counts a step.</summary>
    public void Add(int samples, double meanLoss, int right)
    {
        StepsDone++;
        Samples += samples;
        LossSum += meanLoss * samples;
        Right += right;
    }
}
