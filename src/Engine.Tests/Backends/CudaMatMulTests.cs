using Engine.Backends.Cuda;
using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

/// <summary>Every tile that a product may be cut into, at its borders, whatever the plan would choose.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Cuda))]
public sealed class CudaMatMulTests(Device device) : DeviceSuite(device)
{
    private static readonly IEnumerable<TestCaseData> Tiles = TileSize.All.Select(tile => new TestCaseData(tile).SetArgDisplayNames(tile.Name));

    [TestCaseSource(nameof(Tiles))]
    public void A_tile_and_its_borders_agree_with_the_definition(object tile)
    {
        TileSize size = (TileSize)tile;
        int[] rows = [1, size.Rows - 1, size.Rows, size.Rows + 1], columns = [1, size.Columns - 1, size.Columns, size.Columns + 1];
        int[] depths = [1, size.Depth - 1, size.Depth, size.Depth + 1];
        Philox random = new(11);
        for (int i = 0; i < 16; i++)
        {
            int m = rows[i % 4], n = columns[(i / 4) + (i % 4) & 3], k = depths[(i / 4) + (2 * i) & 3];
            Check(new(random, new(1, m, n, k, true), (i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 4) == 0), ProductPlan.Split(size, k, 1));
        }
    }

    [TestCaseSource(nameof(Tiles))]
    public void Operands_that_suit_packs_agree_with_the_definition_too(object tile)
    {
        TileSize size = (TileSize)tile;
        Philox random = new(12);
        for (int i = 0; i < 8; i++)
        {
            MatMulShape sizes = new(1 + (i % 3), 4 * (1 + random.NextInt(size.Rows / 3)), 4 * (1 + random.NextInt(size.Columns / 3)), 20, i % 2 == 0);
            Check(new(random, sizes, (i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 4) == 0), ProductPlan.Split(size, 20, 1));
        }
    }

    [TestCaseSource(nameof(Tiles))]
    public void A_split_sum_agrees_with_the_definition(object tile)
    {
        TileSize size = (TileSize)tile;
        Philox random = new(13);
        for (int i = 0; i < 4; i++)
        {
            int depth = 400 + random.NextInt(300);
            ProductPlan plan = ProductPlan.Split(size, depth, 3);
            Assert.That(plan.Splits, Is.EqualTo(3));
            MatMulShape sizes = new(1 + (i % 2), 1 + random.NextInt(40), 1 + random.NextInt(40), depth, false);
            Check(new(random, sizes, (i & 1) != 0, (i & 2) != 0, i == 1, i == 2), plan);
        }
    }

    [Test]
    public void Launching_twice_gives_the_same_bits()
    {
        MatMulCase c = new(new Philox(14), new(1, 9, 7, 5000, true), true, false, accumulate: true);
        Assert.That(ProductPlan.For(9, 7, 5000).Splits, Is.GreaterThan(1));
        Tensor first = c.Run(DType.Float32, Device), second = c.Run(DType.Float32, Device);
        AssertEqual(second, Of(first));
    }

    private void Check(MatMulCase c, ProductPlan plan)
    {
        double[] expected = c.Definition(out double[] magnitude);
        AssertNear(c.Run(DType.Float64, Device, plan), expected, i => (c.K + 2) * Roundoff(DType.Float64) * magnitude[i]);
        AssertNear(c.Run(DType.Float32, Device, plan), expected, i => 4 * Math.Sqrt(c.K + 1) * Roundoff(DType.Float32) * magnitude[i]);
    }
}
