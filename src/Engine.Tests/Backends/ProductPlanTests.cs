using Engine.Backends.Cuda;

namespace Engine.Tests.Backends;

public sealed class ProductPlanTests
{
    [Test]
    public void The_parts_of_a_plan_cover_the_sum_and_none_is_empty([Range(1, 100)] int seed)
    {
        Philox random = new((ulong)seed);
        int Size() => 1 + random.NextInt(1 << random.NextInt(20));
        int rows = Size(), columns = Size(), depth = Size();
        ProductPlan plan = ProductPlan.For(rows, columns, depth, 1 + random.NextInt(4), random.NextInt(4) > 0);
        long covered = (long)plan.Splits * plan.Depth;
        Assert.That(covered, Is.GreaterThanOrEqualTo(depth), $"seed {seed}: {plan}");
        Assert.That(covered - plan.Depth, Is.LessThan(depth), $"seed {seed}: {plan}");
        Assert.That(plan.Depth % plan.Tile.Depth, Is.Zero, $"seed {seed}: {plan}");
    }

    [Test]
    public void The_longest_sum_that_a_tensor_can_hold_is_planned()
    {
        ProductPlan plan = ProductPlan.For(1, 1, int.MaxValue);
        Assert.That((long)plan.Splits * plan.Depth, Is.GreaterThanOrEqualTo(int.MaxValue));
    }

    [Test]
    public void A_great_product_takes_great_tiles_and_a_small_one_small_tiles()
    {
        Assert.That(ProductPlan.For(4096, 4096, 4096).Tile, Is.SameAs(TileSize.Large));
        Assert.That(ProductPlan.For(64, 10, 84).Tile, Is.SameAs(TileSize.Small));
    }

    [Test]
    public void A_small_result_of_a_long_sum_is_split_and_a_great_result_is_not()
    {
        Assert.That(ProductPlan.For(6, 25, 50_000).Splits, Is.GreaterThan(16));
        Assert.That(ProductPlan.For(4096, 4096, 4096).Splits, Is.EqualTo(1));
        Assert.That(ProductPlan.For(6, 25, 50_000, maySplit: false).Splits, Is.EqualTo(1));
    }
}
