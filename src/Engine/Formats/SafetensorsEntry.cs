using Engine.Tensors;

namespace Engine.Formats;

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">The type of its elements.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
/// <param name="IsIgnored">True where nobody asks for it: of its bytes the place is known, and nothing else.</param>
internal sealed record SafetensorsEntry(string Name, DType DType, Shape Shape, long Begin, long End, bool IsIgnored = false);
