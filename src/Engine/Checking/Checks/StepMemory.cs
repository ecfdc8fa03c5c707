using Engine.Tensors;

namespace Engine.Checking.Checks;

/// <summary>The memory that new tensors of a step come from.</summary>
internal static class StepMemory
{
    private const int ArenaBytes = 1 << 20;
    private const int ChunkBytes = 1 << 12;

    /// <summary>Fills it with NaN, so that whoever reads what they did not write is found out, the same way each time.</summary>
    public static void FillWithNaN()
    {
        using StepScope step = Device.Cpu.BeginStep();
        for (int used = 0; used < ArenaBytes; used += ChunkBytes)
        {
            new Tensor([ChunkBytes / sizeof(double)], DType.Float64).AsSpan<double>().Fill(double.NaN);
        }
    }
}
