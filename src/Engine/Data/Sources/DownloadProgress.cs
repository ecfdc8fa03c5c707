namespace Engine.Data;

/// <summary>How far a download has come.</summary>
/// <param name="Address">What is being downloaded.</param>
/// <param name="Received">Bytes that are here.</param>
/// <param name="Total">Bytes in all.</param>
public readonly record struct DownloadProgress(Uri Address, long Received, long Total);
