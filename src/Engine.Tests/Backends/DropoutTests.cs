using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class DropoutTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void The_mask_is_the_stream_compared_with_the_rate(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(0UL, 1UL, 2UL, 3UL, 4_294_967_295UL * 4)] ulong first, [Values(0.0, 0.2, 0.4, 0.5, 0.999)] double rate)
    {
        Tensor mask = new([103], dtype, Device);
        Backend.DropoutMask(seed: 42, stream: 7, first, rate, mask);

        Philox random = new(42, 7) { Position = first };
        double kept = dtype == DType.Float32 ? (float)(1 / (1 - rate)) : 1 / (1 - rate);
        AssertEqual(mask, [.. Enumerable.Range(0, 103).Select(_ => (random.NextUInt32() >> 8) * Math.ScaleB(1, -24) < rate ? 0 : kept)]);
    }

    // Blocks of four numbers, cut anywhere; and the tail behind the last whole block.
    [Test]
    public void The_mask_has_the_bits_of_the_CPU_whatever_its_length_and_beginning(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 2, 3, 4, 5, 1023, 1024, 1025)] int n, [Values(0UL, 1UL, 2UL, 3UL)] ulong first)
    {
        Tensor here = new([n], dtype), there = new([n], dtype, Device);
        Backend.Of(Device.Cpu).DropoutMask(9, ulong.MaxValue - 2, (1UL << 40) + first, 0.37, here);
        Backend.DropoutMask(9, ulong.MaxValue - 2, (1UL << 40) + first, 0.37, there);
        AssertEqual(there, Of(here));
    }

    [Test]
    public void Numbers_next_to_the_rate_fall_on_the_right_side()
    {
        // The rate is the uniform number of element 5 itself: not below it, so it is kept; a little more drops it.
        Philox random = new(1) { Position = 5 };
        double uniform = (random.NextUInt32() >> 8) * Math.ScaleB(1, -24);
        Tensor mask = new([6], DType.Float64, Device);
        Backend.DropoutMask(1, 0, 0, uniform, mask);
        Assert.That(mask.GetFlat(5), Is.Not.Zero);
        Backend.DropoutMask(1, 0, 0, Math.BitIncrement(uniform), mask);
        Assert.That(mask.GetFlat(5), Is.Zero);
    }

    [TestCase(0.2)]
    [TestCase(0.4)]
    public void The_mask_keeps_the_mean(double rate)
    {
        const int N = 1_000_000;
        Tensor mask = new([N], DType.Float32, Device);
        Backend.DropoutMask(3, 0, 0, rate, mask);

        // One mask element has the variance rate / (1 − rate); 5 deviations of the mean.
        Assert.That(Of(mask).Average(), Is.EqualTo(1).Within(5 * Math.Sqrt(rate / (1 - rate) / N)));
    }

    [TestCase(-0.1)]
    [TestCase(1.0)]
    [TestCase(double.NaN)]
    public void A_rate_outside_0_to_1_is_refused(double rate) =>
        Assert.That(() => Backend.DropoutMask(0, 0, 0, rate, new Tensor([2], DType.Float32, Device)), Throws.TypeOf<ArgumentOutOfRangeException>());
}
