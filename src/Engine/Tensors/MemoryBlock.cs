namespace Engine.Tensors;

/// <summary>A stretch of device memory.</summary>
/// <param name="Array">
/// Where the garbage collector owns the memory, the array the bytes lie in, which also keeps them alive; otherwise null, also
/// for main memory that is a <see cref="MappedFile"/>.
/// </param>
/// <param name="Offset">The first byte: an index into <paramref name="Array"/>, or the device's own address; of a mapped file the process's.</param>
/// <param name="Bytes">The size.</param>
/// <param name="Owner">For other devices, what keeps the memory alive.</param>
public readonly record struct MemoryBlock(byte[]? Array, long Offset, long Bytes, object? Owner = null);
