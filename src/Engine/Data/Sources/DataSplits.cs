namespace Engine.Data;

/// <summary>A data set ready for use.</summary>
/// <param name="Train">The samples to learn from.</param>
/// <param name="Test">The samples to judge by. Of the tiny sets, the same ones.</param>
/// <param name="Source">Where they come from, for the user to read.</param>
public sealed record DataSplits(Dataset Train, Dataset Test, string Source);
