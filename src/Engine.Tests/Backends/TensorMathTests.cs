using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class TensorMathTests : DeviceSuite
{
    private Tensor A { get; }

    private Tensor Row { get; }

    public TensorMathTests(Device device)
        : base(device)
    {
        A = From([1.0, 2, 3, 4, 5, 6], [2, 3]);
        Row = From(10.0, 20, 40);
    }

    [Test]
    public void Operators_work_as_by_hand()
    {
        AssertIs(A + Row, [2, 3], 11, 22, 43, 14, 25, 46);
        AssertIs(Row - A, [2, 3], 9, 18, 37, 6, 15, 34);
        AssertIs(A * Row, [2, 3], 10, 40, 120, 40, 100, 240);
        AssertIs(Row / A, [2, 3], 10, 10, 40.0 / 3, 2.5, 4, 40.0 / 6);
        AssertIs(-A, [2, 3], -1, -2, -3, -4, -5, -6);
        AssertIs(A + 1, [2, 3], 2, 3, 4, 5, 6, 7);
        AssertIs(A - 1, [2, 3], 0, 1, 2, 3, 4, 5);
        AssertIs(1 - A, [2, 3], 0, -1, -2, -3, -4, -5);
        AssertIs(1 + A, [2, 3], 2, 3, 4, 5, 6, 7);
        AssertIs(12 / A, [2, 3], 12, 6, 4, 3, 2.4, 2);
        AssertIs(A * 2, [2, 3], 2, 4, 6, 8, 10, 12);
        AssertIs(2 * A, [2, 3], 2, 4, 6, 8, 10, 12);
        AssertIs(A / 2, [2, 3], 0.5, 1, 1.5, 2, 2.5, 3);
    }

    [Test]
    public void A_layer_can_be_written_in_one_line()
    {
        // Standardizing by hand: columns with mean 0.
        AssertIs((A - A.Mean(axis: 0)) * 2, [2, 3], -3, -3, -3, 3, 3, 3);

        // The decks' 2-2-1 network: every neuron w = [0, 1], b = 0; x = [2, 3] gives 0.9526 and 0.72163.
        Tensor x = From([2.0, 3], [1, 2]), w = From([0.0, 0, 1, 1], [2, 2]), v = From([0.0, 1], [2, 1]);
        Tensor hidden = From(1.0) / ((-Tensor.MatMul(x, w)).Exp() + 1);
        Tensor output = From(1.0) / ((-Tensor.MatMul(hidden, v)).Exp() + 1);
        Assert.That(hidden.GetFlat(0), Is.EqualTo(0.9526).Within(0.00005));
        Assert.That(output.Item(), Is.EqualTo(0.72163).Within(0.000005));
    }

    [Test]
    public void Functions_and_reductions_work_as_by_hand()
    {
        AssertIs(From(0.0).Exp(), [1], 1);
        AssertIs(From(1.0).Log(), [1], 0);
        AssertIs(From(9.0).Sqrt(), [1], 3);
        AssertIs(From(0.0).Tanh(), [1], 0);
        AssertIs(A.Sum(axis: 0), [3], 5, 7, 9);
        AssertIs(A.Sum(axis: -1), [2], 6, 15);
        AssertIs(A.Sum(axis: 1, keepAxis: true), [2, 1], 6, 15);
        AssertIs(A.Mean(axis: 1), [2], 2, 5);
        AssertIs(A.Max(axis: 0), [3], 4, 5, 6);
        AssertIs(A.Sum(), [], 21);
        AssertIs(A.Mean(), [], 3.5);
        Tensor position = From([1.0, 9, 3, 8, 5, 8], [2, 3]).ArgMax();
        AssertIs(position, [2], 1, 0);
        Assert.That(position.DType, Is.EqualTo(DType.Int32));
    }

    [Test]
    public void Layout_changes_as_by_hand()
    {
        AssertIs(A.Transpose(), [3, 2], 1, 4, 2, 5, 3, 6);
        AssertIs(A.Transpose(1, 0), [3, 2], 1, 4, 2, 5, 3, 6);
        AssertIs(A.Reshape([1, 2, 3]).Transpose(), [1, 3, 2], 1, 4, 2, 5, 3, 6);
        AssertIs(A.Reshape([3, 1, 2]).Transpose(-1, 0, 1), [2, 3, 1], 1, 3, 5, 2, 4, 6);
        AssertIs(A.Slice(axis: 1, start: 1, count: 2), [2, 2], 2, 3, 5, 6);
        AssertIs(Tensor.Concat(0, A, Row.Reshape([1, 3])), [3, 3], 1, 2, 3, 4, 5, 6, 10, 20, 40);
        AssertIs(Tensor.Concat(-1, A, From([7.0, 8], [2, 1])), [2, 4], 1, 2, 3, 7, 4, 5, 6, 8);
    }

    [Test]
    public void Matrix_products_work_as_by_hand()
    {
        Tensor b = From([1.0, 0, 0, 1, 1, 1], [3, 2]);
        AssertIs(Tensor.MatMul(A, b), [2, 2], 4, 5, 10, 11);
        AssertIs(Tensor.MatMul(A, A, transposeB: true), [2, 2], 14, 32, 32, 77);
        AssertIs(Tensor.MatMul(A, A, transposeA: true), [3, 3], 17, 22, 27, 22, 29, 36, 27, 36, 45);
    }

    [Test]
    public void Operands_are_left_as_they_were()
    {
        double[] before = Of(A);
        _ = ((A + Row) * 2).Exp().Sum();
        Assert.That(Of(A), Is.EqualTo(before));
    }

    [Test]
    public void Mistakes_are_named()
    {
        Assert.That(() => A + From(1.0, 2), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("[2]"));
        Assert.That(() => A + From(1f), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64").And.Message.Contains("Float32").And.Message.Contains("To(DType)"));
        Assert.That(() => Tensor.MatMul(A, A), Throws.TypeOf<ShapeException>().With.Message.Contains("3 and 2"));
        Assert.That(() => Tensor.MatMul(Row, A), Throws.TypeOf<ShapeException>().With.Message.Contains("matrices"));
        Assert.That(() => A.Slice(1, 2, 2), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]"));
        Assert.That(() => A.Slice(1, 0, 0), Throws.TypeOf<ShapeException>());
        Assert.That(() => A.Transpose(0, 0), Throws.TypeOf<ShapeException>().With.Message.Contains("[0, 0]"));
        Assert.That(() => A.Transpose(0), Throws.TypeOf<ShapeException>());
        Assert.That(() => A.Sum(axis: 2), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("[2, 3]"));
        Assert.That(() => Tensor.Concat(0), Throws.TypeOf<ShapeException>());
        Assert.That(() => Tensor.Concat(0, A, Row), Throws.TypeOf<ShapeException>().With.Message.Contains("[3]"));
        Assert.That(() => Tensor.Concat(0, A, A.Transpose()), Throws.TypeOf<ShapeException>().With.Message.Contains("[3, 2]"));
    }

    private Tensor From(double[] values, Shape shape) => Tensor.From(values, shape).To(Device);

    private static void AssertIs(Tensor actual, Shape shape, params double[] expected)
    {
        Assert.That(actual.Shape, Is.EqualTo(shape));
        AssertEqual(actual, expected);
    }
}
