using Engine.Checking;
using Engine.Initializers;
using Engine.Layers;

namespace Engine.Tests.Layers;

/// <summary>First values are drawn when they are asked for, and are the same as if drawn at once.</summary>
public sealed class ParameterTests
{
    private static readonly Initializer[] Initializers = [new GlorotUniform(), new HeNormal(), new Normal(1, 2), new Uniform(-1, 1), new Constant(3), new Alternating()];

    [TestCaseSource(nameof(Initializers))]
    public void What_is_drawn_late_and_out_of_order_is_what_is_drawn_at_once(Initializer initializer)
    {
        Philox atOnce = new(7), late = new(7);
        Shape shape = [3, 5];
        Fan fan = new(3, 5);
        float[] first = Values(initializer.Create(shape, fan, atOnce)), second = Values(initializer.Create(shape, fan, atOnce));
        Func<Tensor> one = initializer.Later(shape, fan, late), two = initializer.Later(shape, fan, late);
        Assert.That(late.Position, Is.EqualTo(atOnce.Position));
        Assert.That(Values(two()), Is.EqualTo(second));
        Assert.That(Values(one()), Is.EqualTo(first));
    }

    [Test]
    public void A_parameter_counted_copied_into_or_converted_draws_nothing()
    {
        int drawn = 0;
        Parameter parameter = new("weight", [2, 2], () =>
        {
            drawn++;
            return Tensor.Zeros([2, 2]);
        });
        Assert.That((parameter.Shape, parameter.DType), Is.EqualTo((new Shape(2, 2), DType.Float32)));
        parameter.ConvertTo(DType.Float64);
        parameter.CopyFrom(Tensor.From([1f, 2, 3, 4], [2, 2]));
        Assert.That(parameter.Value.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 1, 2, 3, 4 }));
        Assert.That(drawn, Is.Zero);
    }

    [Test]
    public void A_gradient_that_begins_with_a_product_is_overwritten_by_it_whatever_it_held()
    {
        Parameter parameter = new("weight", Tensor.Zeros([2, 2]));
        Tensor a = Tensor.From([1f, 2, 3, 4], [2, 2]);
        float[] square = [7, 10, 15, 22];
        parameter.Accumulate(a, a);
        Assert.That(Values(parameter.Gradient), Is.EqualTo(square));
        for (int step = 0; step < 2; step++)
        {
            // What would be added to, if it were added to.
            Backend.Of(a).Fill(double.NaN, parameter.Gradient);
            parameter.ZeroGradient();
            parameter.Accumulate(a, a);
            parameter.Accumulate(a, a);
            Assert.That(Values(parameter.Gradient), Is.EqualTo(square.Select(s => 2 * s)));
        }
    }

    [Test]
    public void A_gradient_that_begins_with_a_convolution_is_overwritten_by_it_whatever_it_held()
    {
        Conv2D layer = new(2, 3, 3, new Philox(1));
        Tensor x = RandomTensors.Normal([2, 2, 5, 4], new Philox(2)).To(DType.Float32), g = RandomTensors.Normal([2, 3, 3, 2], new Philox(3)).To(DType.Float32);
        float[] once = GradientOf(uses: 1), twice = GradientOf(uses: 2);
        Assert.That(twice, Is.EqualTo(once.Select(v => 2 * v)).Within(1e-5), "24 products below 10 in Float32");
        Backend.Of(x).Fill(double.NaN, layer.Weight.Gradient);
        Assert.That(GradientOf(uses: 1), Is.EqualTo(once));
        layer.ZeroGradients();
        Assert.That(Values(layer.Weight.Gradient), Is.All.Zero, "looked at before");

        float[] GradientOf(int uses)
        {
            layer.ZeroGradients();
            for (int use = 0; use < uses; use++)
            {
                Pass pass = new(Mode.Training);
                layer.Forward(x, pass);
                layer.Backward(g, pass);
            }

            return Values(layer.Weight.Gradient);
        }
    }

    [Test]
    public void A_gradient_that_is_looked_at_or_added_to_before_the_product_is_zero_first()
    {
        Parameter parameter = new("weight", Tensor.Zeros([2, 2]));
        Tensor a = Tensor.From([1f, 2, 3, 4], [2, 2]);
        parameter.Accumulate(a, a);
        parameter.ZeroGradient();
        Assert.That(Values(parameter.Gradient), Is.All.Zero);
        parameter.Accumulate(a, a);
        parameter.ZeroGradient();
        parameter.Accumulate(a);
        parameter.Accumulate(a, a);
        Assert.That(Values(parameter.Gradient), Is.EqualTo(new float[] { 8, 12, 18, 26 }));
        parameter.ConvertTo(DType.Float64);
        Assert.That(parameter.Gradient.AsSpan<double>().ToArray(), Is.All.Zero, "converted");
    }

    [Test]
    public void A_parameter_converted_before_it_is_drawn_is_drawn_in_the_new_type()
    {
        Dense now = new(3, 2, new Philox(1)), later = new(3, 2, new Philox(1));
        double[] expected = [.. Values(now.Weight.Value).Select(v => (double)v)];
        later.ConvertTo(DType.Float64);
        Tensor drawn = later.Weight.Value;
        Assert.That(drawn.AsSpan<double>().ToArray(), Is.EqualTo(expected));
        Assert.That(later.Weight.Value, Is.SameAs(drawn));
    }

    [Test]
    public void A_parameter_refuses_a_value_of_another_shape() =>
        Assert.That(
            () => new Dense(3, 2, new Philox(1)).Weight.CopyFrom(Tensor.Zeros([2, 3])),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Parameter 'weight' is [3, 2], given [2, 3]."));

    [Test]
    public void A_value_first_asked_for_inside_a_step_outlives_it()
    {
        Dense dense = new(3, 2, new Philox(1), new Constant(0.5));
        using (Device.Cpu.BeginStep())
        {
            Assert.That(dense.Weight.Value.ElementCount, Is.EqualTo(6));
        }

        Assert.That(Values(dense.Weight.Value), Is.All.EqualTo(0.5f));
    }

    private static float[] Values(Tensor tensor) => tensor.AsSpan<float>().ToArray();

    // One that does not say how many numbers it takes.
    private sealed class Alternating : Initializer
    {
        protected override double Draw(Fan fan, Philox random) => random.NextInt(2) == 0 ? random.NextNormal() : random.NextDouble();
    }
}
