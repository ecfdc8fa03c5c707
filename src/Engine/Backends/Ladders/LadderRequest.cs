using Engine.Tensors;

namespace Engine.Backends.Ladders;

/// <summary>What problem to put a ladder on.</summary>
/// <param name="Device">The CPU, or a CUDA device, real or emulated.</param>
/// <param name="DType">Float32 or Float64.</param>
/// <param name="Scale">1 for sizes that keep the device busy; smaller for the emulator and for tests; sizes are then odd, so that tails are met.</param>
/// <param name="Random">Where the numbers come from.</param>
public sealed record LadderRequest(Device Device, DType DType, double Scale, Philox Random);
