namespace Engine.Backends.Cpu;

/// <summary>The managed back end: SIMD kernels in C#, on every processor that .NET runs on.</summary>
public sealed partial class CpuBackend : Backend
{
    internal CpuBackend()
    {
    }
}
