using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class MatMulTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void The_product_agrees_with_the_definition_for_random_shapes([Range(1, 120)] int seed)
    {
        MatMulCase c = MatMulCase.Random(new Philox((ulong)seed));
        double[] expected = c.Definition(out double[] magnitude);

        // Sums of K products in any order, fused or not: |error| ≤ γ(K + 1)·Σ|a||b| (Higham, Accuracy and Stability, 3.1).
        Tensor y64 = c.Run(DType.Float64, Device).To(Device.Cpu), y32 = c.Run(DType.Float32, Device).To(Device.Cpu);
        double bound64 = (c.K + 2) * Roundoff(DType.Float64), bound32 = 4 * Math.Sqrt(c.K + 1) * Roundoff(DType.Float32);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(y64.GetFlat(i), Is.EqualTo(expected[i]).Within(bound64 * magnitude[i]), $"Float64, seed {seed}, {c}, element {i}");
            Assert.That(y32.GetFlat(i), Is.EqualTo(expected[i]).Within(bound32 * magnitude[i]), $"Float32, seed {seed}, {c}, element {i}");
        }
    }

    [Test]
    public void An_activation_is_that_of_the_product_with_its_bias(
        [Values] Activation activation, [Values] bool bias, [Values(40, 700)] int terms, [Values("33x18", "40x5", "2x70")] string size)
    {
        // A product in tiles, one by dot products, one that streams its right operand by.
        int[] sizes = [.. size.Split('x').Select(int.Parse)];
        MatMulCase c = new(new Philox(5), new MatMulShape(1, sizes[0], sizes[1], terms, true), false, false, bias);
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor plain = c.Run(dtype, Device), fused = c.Run(dtype, Device, activation), y = plain.To(Device.Cpu).Clone();
            Backend.Of(y).ActivationForward(activation, y, y);

            // Two exponentials of 2 units in the last place each.
            double[] expected = Of(y);
            AssertNear(fused, expected, i => activation == Activation.Relu ? 0 : 16 * Roundoff(dtype) * Math.Abs(expected[i]));
        }
    }

    [Test]
    public void Operands_that_do_not_fit_are_refused_with_their_shapes()
    {
        Tensor a = Zeros(3, 4), b = Zeros(4, 5);
        Assert.That(() => Backend.MatMul(a, b, Zeros(5, 3)), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 5]").And.Message.Contains("[5, 3]"));
        Assert.That(() => Backend.MatMul(a, a, Zeros(3, 4)), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 4]"));
        Assert.That(() => Backend.MatMul(a, b, Zeros(3, 5), bias: Zeros(3)), Throws.TypeOf<ShapeException>().With.Message.Contains("bias"));
        Assert.That(() => Backend.MatMul(a, b, Filled([3, 5], DType.Float64, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
        Assert.That(
            () => Backend.MatMul(a, b, Zeros(3, 5), bias: Zeros(5), accumulate: true), Throws.ArgumentException);
        Assert.That(() => Backend.MatMul(a, b, Zeros(3, 5), accumulate: true, activation: Activation.Relu), Throws.ArgumentException);
    }

    private Tensor Zeros(params int[] shape) => Filled(new Shape(shape), DType.Float32, 0);
}
