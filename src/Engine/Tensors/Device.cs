using System.Globalization;

namespace Engine.Tensors;

/// <summary>The kinds of device a tensor can live on.</summary>
public enum DeviceKind
{
    /// <summary>Main memory, computed on by managed code.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>The CUDA kernels run in main memory, where there is no GPU.</summary>
    Emulated,
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

    /// <summary>Emulated CUDA: the kernels of the GPU, run in main memory. For tests and for learning.</summary>
    public static Device Emulated { get; } = new(DeviceKind.Emulated, 0);

    /// <summary>Emulated CUDA that watches every memory access of every kernel, and names the line of a mistake. Slow.</summary>
    public static Device Checked { get; } = new(DeviceKind.Emulated, 1);

    /// <summary>An NVIDIA GPU.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public static Device Cuda(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new(DeviceKind.Cuda, index);
    }

    /// <summary>
    /// Opens a step: until the returned scope is disposed, every tensor that this thread makes on this device comes
    /// from an arena which hands out the same addresses step after step.
    /// </summary>
    /// <remarks>
    /// A tensor made inside the scope throws when used after it; <see cref="Tensor.Clone"/> it under
    /// <see cref="StepScope.Outside"/>, or copy the numbers out, to keep them. Scopes nest; the inner one gives back
    /// only its own memory. What only layers need goes back before the end: see <c>Engine.Layers.Pass</c>.
    /// </remarks>
    public StepScope BeginStep() => DeviceMemory.Of(this).Arena.Begin();

    /// <summary>The device of a name: "cpu", "cuda", "cuda:1", "emulated", "checked".</summary>
    /// <exception cref="FormatException">There is no such name.</exception>
    public static Device Parse(string name) => name switch
    {
        "cpu" => Cpu,
        "emulated" => Emulated,
        "checked" => Checked,
        "cuda" => Cuda(),
        _ when name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name[5..], NumberStyles.None, null, out int index) => Cuda(index),
        _ => throw new FormatException($"'{name}' is no device. There are cpu, cuda, cuda:1 and so on, emulated, checked."),
    };

    /// <summary>"cpu", "cuda:0", "emulated", "checked".</summary>
    public override string ToString() => Kind switch
    {
        DeviceKind.Cpu => "cpu",
        DeviceKind.Emulated => Index == 0 ? "emulated" : "checked",
        _ => $"cuda:{Index}",
    };
}
