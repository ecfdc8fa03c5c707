using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class FiniteTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Infinities_and_NaN_are_counted_over_all_tensors_and_added([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        // More tensors than one launch takes; in some the last element, in some the first, in some all of them.
        Philox random = new(4);
        int expected = 7;
        Tensor[] tensors = new Tensor[100];
        for (int i = 0; i < tensors.Length; i++)
        {
            Tensor x = Numbers.Uniform(random, [1 + (i * i % 2500)], dtype);
            int[] places = (i % 5) switch { 0 => [x.ElementCount - 1], 1 => [0], 2 => [.. Enumerable.Range(0, x.ElementCount)], _ => [] };
            foreach (int place in places)
            {
                x.SetFlat(place, (i % 3) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => double.NegativeInfinity });
                expected++;
            }

            tensors[i] = x.To(Device);
        }

        Tensor count = new([], DType.Int32, Device);
        Backend.Fill(7, count);
        Backend.CountNonFinite(tensors, count);
        AssertEqual(count, [expected]);
    }

    [Test]
    public void The_largest_and_the_smallest_numbers_are_finite()
    {
        Tensor count = new([], DType.Int32, Device);
        Backend.Fill(0, count);
        Backend.CountNonFinite([From(float.MaxValue, float.MinValue, float.Epsilon, -0f, 0f)], count);
        Backend.CountNonFinite([From(double.MaxValue, double.MinValue, double.Epsilon, -0.0, 0.0)], count);
        Backend.CountNonFinite([], count);
        AssertEqual(count, [0]);
    }

    [Test]
    public void Arguments_that_do_not_fit_are_refused()
    {
        Tensor x = Filled([3], DType.Float32, 0), count = Filled([], DType.Int32, 0);
        Assert.That(() => Backend.CountNonFinite([x], x), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32 []"));
        Assert.That(() => Backend.CountNonFinite([x, x.To(DType.Float64)], count), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
        Assert.That(() => Backend.CountNonFinite([count], count), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));
    }
}
