namespace Engine.Checking;

/// <summary>What a check found wrong.</summary>
/// <param name="Check">Which check: "every element".</param>
/// <param name="Place">Which tensor or element: "weight[2, 0]".</param>
/// <param name="What">What was given and what was expected.</param>
/// <param name="Case">The function and its settings.</param>
/// <param name="Detail">How sure the check is, or empty.</param>
public sealed record CheckFailure(string Check, string Place, string What, string Case, string Detail = "")
{
    /// <summary>All in one line.</summary>
    public override string ToString() => $"{Case}: {Check}: {Place}: {What}{(Detail.Length == 0 ? "" : $", {Detail}")}";
}
