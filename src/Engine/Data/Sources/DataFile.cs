namespace Engine.Data;

/// <summary>A file of a public data set, pinned to its content.</summary>
/// <param name="Name">Its name, which is also its address below a mirror.</param>
/// <param name="Bytes">Its exact size.</param>
/// <param name="Sha256">The SHA-256 of its content, 64 lower-case hexadecimal digits.</param>
public sealed record DataFile(string Name, long Bytes, string Sha256);
