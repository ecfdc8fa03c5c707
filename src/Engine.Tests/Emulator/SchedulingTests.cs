using FsCheck;
using FsCheck.Fluent;
using Native.Kernels.Driver;

namespace Engine.Tests.Emulator;

/// <summary>The order in which threads begin, wait and go on is anybody's guess; a kernel that is right does not care.</summary>
[RequiresEmulator]
[TestFixture(false)]
[TestFixture(true)]
[NonParallelizable]
internal sealed class SchedulingTests(bool isChecked)
{
    private TestKernels kernels = null!;

    [OneTimeSetUp]
    public void Load() => kernels = new TestKernels(isChecked);

    [OneTimeTearDown]
    public void Unload() => kernels.Dispose();

    [TearDown]
    public void Reset()
    {
        kernels.Driver.SetOption("order", 0);
        kernels.Driver.SetOption("seed", 1);
    }

    [FsCheck.NUnit.Property(MaxTest = 20)]
    public Property Sums_by_warps_and_barriers_are_the_same_in_every_order() => Prop.ForAll(Launches, launch =>
    {
        (int n, int block, int seed) = launch;
        int blocks = (n + block - 1) / block;
        float[] expected = [.. Enumerable.Range(0, blocks).Select(b => Enumerable.Range(b * block, Math.Min(block, n - b * block)).Sum(i => (float)i))];
        return InEveryOrder(seed, () => kernels.Run("block_sums_f32", blocks, block, n)[..blocks]).All(y => y.SequenceEqual(expected));
    });

    [FsCheck.NUnit.Property(MaxTest = 20)]
    public Property A_prefix_sum_is_the_same_in_every_order() => Prop.ForAll(Launches, launch =>
    {
        (int n, int block, int seed) = launch;
        float[] expected = new float[n];
        for (int i = 0; i < n; i++)
        {
            expected[i] = i + (i % block == 0 ? 0 : expected[i - 1]);
        }

        int blocks = (n + block - 1) / block;
        return InEveryOrder(seed, () => kernels.Run("prefix_sum_f32", blocks, block, n, block * sizeof(float))).All(y => y.SequenceEqual(expected));
    });

    [Test]
    public void Votes_of_a_block_are_the_same_for_all_its_threads()
    {
        float[] y = kernels.Run("count_positive", 2, 48, 90);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y[..48], Is.All.EqualTo(47 * 100 + 1), "x = 0 is not positive");
            Assert.That(y[48..], Is.All.EqualTo(42 * 100 + 1), "the tail has no x");
        }
    }

    [Test]
    public void Indices_run_in_three_dimensions()
    {
        float[] y = kernels.Run("three_dimensions", new Dim3(2, 3, 2), new Dim3(3, 4, 5), 720);
        Assert.That(y, Is.EqualTo(Enumerable.Range(0, 720).Select(i => (float)i)));
    }

    [Test]
    public unsafe void A_structure_of_four_kilobytes_is_passed_by_value()
    {
        Table table;
        for (int i = 0; i < Table.Length; i++)
        {
            table.Values[i] = i * 0.5f;
        }

        using CudaDeviceVariable<float> y = kernels.Context.Allocate<float>(2000, "y");
        kernels.Kernel("large_argument").Launch(kernels.Stream, 8, 256, 0, KernelArgument.Structure(&table), y, 2000);
        Assert.That(y.ToArray(), Is.EqualTo(Enumerable.Range(0, 2000).Select(i => i % 1022 * 0.5f)));
    }

    private static Arbitrary<(int N, int Block, int Seed)> Launches => Arb.From(
        from n in Gen.Choose(1, 700)
        from warps in Gen.Choose(1, 8)
        from seed in Gen.Choose(1, 1000)
        select (n, warps * 32, seed));

    private IEnumerable<float[]> InEveryOrder(int seed, Func<float[]> run)
    {
        kernels.Driver.SetOption("seed", seed);
        for (int order = 0; order < 3; order++)
        {
            kernels.Driver.SetOption("order", order);
            yield return run();
        }
    }

    private unsafe struct Table
    {
        public const int Length = 1024;
        public fixed float Values[Length];
    }
}
