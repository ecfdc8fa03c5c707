namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>A probability of dropping that leaves something.</summary>
    public static void DropoutRate(double rate)
    {
        if (!(rate >= 0 && rate < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A dropout rate is at least 0 and below 1.");
        }
    }
}
