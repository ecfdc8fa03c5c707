namespace Engine.Tensors;

/// <summary>The kinds of device a tensor can live on.</summary>
public enum DeviceKind
{
    /// <summary>Main memory, computed on by managed code.</summary>
    Cpu,
}

/// <summary>
/// Where a tensor lives. A device is an identity only: its memory is found by <see cref="DeviceMemory.Of"/>, the
/// operations on it by <c>Backend.Of</c>.
/// </summary>
/// <param name="Kind">The kind of device.</param>
/// <param name="Index">Which one of its kind, from 0.</param>
public readonly record struct Device(DeviceKind Kind, int Index)
{
    /// <summary>Main memory and the managed SIMD kernels: the default.</summary>
    public static Device Cpu { get; } = new(DeviceKind.Cpu, 0);

    /// <summary>
    /// Opens a step: until the returned scope is disposed, every tensor that this thread makes on this device comes
    /// from an arena which hands out the same addresses step after step.
    /// </summary>
    /// <remarks>
    /// A tensor made inside the scope throws when used after it; <see cref="Tensor.Clone"/> it under
    /// <see cref="StepScope.Outside"/>, or copy the numbers out, to keep them. Scopes nest; the inner one gives back
    /// only its own memory.
    /// </remarks>
    public StepScope BeginStep() => DeviceMemory.Of(this).Arena.Begin();

    /// <summary>"cpu".</summary>
    public override string ToString() => Kind switch
    {
        DeviceKind.Cpu => "cpu",
        _ => $"{Kind}:{Index}",
    };
}
