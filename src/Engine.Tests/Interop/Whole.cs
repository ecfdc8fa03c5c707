namespace Engine.Tests.Interop;

/// <summary>
/// Random whole numbers. Sums of their products are whole numbers too, exact in Float32 and Float64 in whatever order they
/// are added, so that results can be compared bit for bit.
/// </summary>
internal static class Whole
{
    public static float[] Floats(Philox random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)Next(random))];

    public static double[] Doubles(Philox random, int count) => [.. Enumerable.Range(0, count).Select(_ => (double)Next(random))];

    private static int Next(Philox random) => random.NextInt(9) - 4;
}
