using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class ActivationsTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Forward_is_the_formula([Values(DType.Float32, DType.Float64)] DType dtype, [Values] Activation activation)
    {
        Tensor x = Uniform(new Philox(2), [7, 1001], dtype, -20, 20), y = Tensor.Like(x);
        Backend.ActivationForward(activation, x, y);
        double[] expected = [.. Of(x).Select(value => Value(activation, value))];

        // 4 units in the last place: exp's 2, the sum's and the quotient's.
        AssertNear(y, expected, i => activation == Activation.Relu ? 0 : 8 * Roundoff(dtype) * Math.Abs(expected[i]));
    }

    [Test]
    public void Backward_is_the_derivative_times_the_gradient([Values(DType.Float32, DType.Float64)] DType dtype, [Values] Activation activation)
    {
        Philox random = new(3);
        Tensor x = Uniform(random, [3, 733], dtype, -4, 4), g = Uniform(random, [3, 733], dtype), y = Tensor.Like(x), dx = Tensor.Like(x);
        Backend.ActivationForward(activation, x, y);
        Backend.ActivationBackward(activation, y, g, dx);

        double[] gradients = Of(g), expected = [.. Of(y).Zip(gradients, (value, gradient) => gradient * Derivative(activation, value))];
        AssertNear(dx, expected, i => 4 * Roundoff(dtype) * Math.Abs(gradients[i]));
    }

    [Test]
    public void The_rectifier_passes_nothing_at_its_kink()
    {
        Tensor y = From(0f, -0f, 1e-38f), g = From(5f, 5f, 5f), dx = Tensor.Like(y);
        Backend.ActivationBackward(Activation.Relu, y, g, dx);
        AssertEqual(dx, [0, 0, 5]);
    }

    [Test]
    public void Limits_are_reached_and_NaN_stays_visible([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        double[] values = [double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e4, -1e4];
        Check(Activation.Relu, [double.PositiveInfinity, 0, double.NaN, 1e4, 0]);
        Check(Activation.Logistic, [1, 0, double.NaN, 1, 0]);
        Check(Activation.Tanh, [1, -1, double.NaN, 1, -1]);

        void Check(Activation activation, double[] expected)
        {
            Tensor x = From(values).To(dtype), y = Tensor.Like(x);
            Backend.ActivationForward(activation, x, y);
            AssertEqual(y, expected);
        }
    }

    [Test]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        Tensor x = Filled([4], DType.Float32, 0), y = Filled([2, 2], DType.Float32, 0);
        Assert.That(() => Backend.ActivationForward(Activation.Relu, x, y), Throws.TypeOf<ShapeException>().With.Message.Contains("[4]").And.Message.Contains("[2, 2]"));
        Assert.That(() => Backend.ActivationBackward(Activation.Relu, x, y, x), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.ActivationBackward(Activation.Relu, x, x, y), Throws.TypeOf<ShapeException>());
    }

    private static double Value(Activation activation, double x) => activation switch
    {
        Activation.Relu => Math.Max(x, 0),
        Activation.Logistic => 1 / (1 + Math.Exp(-x)),
        _ => Math.Tanh(x),
    };

    private static double Derivative(Activation activation, double y) => activation switch
    {
        Activation.Relu => y > 0 ? 1 : 0,
        Activation.Logistic => y * (1 - y),
        _ => 1 - (y * y),
    };
}
