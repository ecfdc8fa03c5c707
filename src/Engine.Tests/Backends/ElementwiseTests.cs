using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class ElementwiseTests(Device device) : DeviceSuite(device)
{
    [Test]
    public void Arithmetic_is_correctly_rounded(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values] BinaryOperation operation, [Range(1, 5)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape shape = Sizes(random, rank: 3, largest: 9);
        Tensor a = Uniform(random, shape, dtype), b = Uniform(random, shape, dtype), y = new(shape, dtype, Device);

        Backend.Binary(operation, a, b, y);

        // Double has more than twice float's digits, so rounding its result once more gives float's.
        AssertEqual(y, [.. Of(a).Zip(Of(b), (p, q) => Round(Exact(operation, p, q), dtype))]);
    }

    [Test]
    public void Operands_of_two_shapes_meet_as_index_arithmetic_says(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values] BinaryOperation operation, [Range(1, 40)] int seed)
    {
        Philox random = new((ulong)seed);
        Shape full = Sizes(random, rank: 1 + random.NextInt(5), largest: 5);
        Shape shapeA = Thinned(random, full), shapeB = Thinned(random, full);
        Shape shape = Broadcasting.Shape(shapeA, shapeB);
        Tensor a = Uniform(random, shapeA, dtype), b = Uniform(random, shapeB, dtype), y = new(shape, dtype, Device);

        Backend.Binary(operation, a, b, y);

        double[] p = Of(a), q = Of(b);
        AssertEqual(y, [.. Enumerable.Range(0, shape.ElementCount).Select(i => Round(
            Exact(operation, p[Source(shapeA, shape, i)], q[Source(shapeB, shape, i)]), dtype))]);
    }

    [Test]
    public void Long_rows_broadcast_the_same_way([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Philox random = new(3);
        Shape shape = [3, 5, 7, 1009];
        Tensor a = Uniform(random, shape, dtype), y = new(shape, dtype, Device);
        double[] full = Of(a);
        foreach (Shape part in (Shape[])[[], [1009], [5, 1, 1], [3, 1, 1, 1], [7, 1009], [3, 1, 7, 1], [1, 5, 1, 1009]])
        {
            Tensor b = Uniform(random, part, dtype);
            double[] numbers = Of(b), repeated = [.. Enumerable.Range(0, shape.ElementCount).Select(i => numbers[Source(part, shape, i)])];
            Backend.Binary(BinaryOperation.Subtract, b, a, y);
            AssertEqual(y, [.. repeated.Zip(full, (p, q) => Round(p - q, dtype))]);
            Backend.Binary(BinaryOperation.Subtract, a, b, y);
            AssertEqual(y, [.. full.Zip(repeated, (p, q) => Round(p - q, dtype))]);
        }
    }

    // A CUDA block moves 8 KB: 2048 floats or 1024 doubles.
    [Test]
    public void Any_length_works(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(1, 2, 3, 127, 1023, 1024, 1025, 2047, 2048, 2049, 4101)] int n)
    {
        Philox random = new((ulong)n);
        Tensor a = Uniform(random, [n], dtype), b = Uniform(random, [n], dtype), scalar = Uniform(random, [1], dtype), y = Tensor.Like(a);
        double[] p = Of(a), q = Of(b);
        double number = Of(scalar)[0];

        Backend.Unary(UnaryOperation.Negate, a, y);
        AssertEqual(y, [.. p.Select(value => -value)]);
        Backend.Binary(BinaryOperation.Multiply, a, b, y);
        AssertEqual(y, [.. p.Zip(q, (left, right) => Round(left * right, dtype))]);
        Backend.Binary(BinaryOperation.Divide, scalar, b, y);
        AssertEqual(y, [.. q.Select(value => Round(number / value, dtype))]);
        Backend.AddScaled(1, a, 0, y);
        AssertEqual(y, p);
        Backend.AddScaled(1, b, 1, y);
        AssertEqual(y, [.. p.Zip(q, (left, right) => Round(left + right, dtype))]);
        Backend.Fill(3, y);
        AssertEqual(y, [.. Enumerable.Repeat(3.0, n)]);
    }

    [Test]
    public void Destination_may_be_an_operand([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        Tensor x = Uniform(new Philox(1), [37], dtype), expected = Tensor.Like(x), y = x.Clone();
        Backend.Binary(BinaryOperation.Multiply, x, x, expected);
        Backend.Binary(BinaryOperation.Multiply, y, y, y);
        AssertEqual(y, Of(expected));
    }

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void Exp_is_within_2_units_in_the_last_place(DType dtype) =>
        AssertUlps(UnaryOperation.Exp, Math.Exp, dtype, low: -80, high: 80, ulps: 2);

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void Tanh_is_within_3_units_in_the_last_place(DType dtype)
    {
        AssertUlps(UnaryOperation.Tanh, Math.Tanh, dtype, low: -12, high: 12, ulps: 3);
        AssertUlps(UnaryOperation.Tanh, Math.Tanh, dtype, low: -0.4, high: 0.4, ulps: 3);
        AssertUlps(UnaryOperation.Tanh, Math.Tanh, dtype, low: -1e-6, high: 1e-6, ulps: 3);
    }

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void Log_is_within_2_units_in_the_last_place(DType dtype)
    {
        AssertUlps(UnaryOperation.Log, Math.Log, dtype, low: 1e-3, high: 0.9, ulps: 2);
        AssertUlps(UnaryOperation.Log, Math.Log, dtype, low: 1.1, high: 1e6, ulps: 2);
        AssertUlps(UnaryOperation.Log, Math.Log, dtype, low: 0.9, high: 1.1, ulps: 2);
        AssertUlps(UnaryOperation.Log, Math.Log, dtype, low: 0, high: 1e-37, ulps: 2);
    }

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void The_error_function_is_within_2_units_in_the_last_place(DType dtype)
    {
        // At ¼, ½ … 5, by mpmath 1.2.1 in thirty digits.
        double[] table =
        [
            0.276326390168236933, 0.520499877813046538, 0.711155633653515132, 0.842700792949714869, 0.92290012825645823,
            0.966105146475310727, 0.986671671219182444, 0.995322265018952734, 0.998537283413318848, 0.999593047982555041,
            0.999899378077880363, 0.999977909503001415, 0.999995697220536325, 0.999999256901627659, 0.99999988627274343,
            0.9999999845827421, 0.999999998149425863, 0.999999999803383956, 0.999999999981514952, 0.99999999999846254,
        ];
        Tensor x = From([.. table.Select((_, i) => (i + 1) / 4.0)]).To(dtype), y = Tensor.Like(x);
        Backend.Unary(UnaryOperation.Erf, x, y);
        AssertNear(y, table, i => 2 * 2 * Roundoff(dtype) * table[i]);

        // Odd, and near 0 a straight line.
        AssertUlps(UnaryOperation.Erf, v => 1.1283791670955126 * v, dtype, low: -1e-9, high: 1e-9, ulps: 2);
        Tensor minusY = Tensor.Like(x);
        Backend.Unary(UnaryOperation.Negate, x, minusY);
        Backend.Unary(UnaryOperation.Erf, minusY, minusY);
        AssertEqual(minusY, [.. Of(y).Select(v => -v)]);
    }

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void Root_and_negation_are_correctly_rounded(DType dtype)
    {
        Tensor x = Uniform(new Philox(5), [1001], dtype, 0, 100), y = Tensor.Like(x);
        Backend.Unary(UnaryOperation.Sqrt, x, y);
        AssertEqual(y, [.. Of(x).Select(value => Round(Math.Sqrt(value), dtype))]);
        Backend.Unary(UnaryOperation.Negate, x, y);
        AssertEqual(y, [.. Of(x).Select(value => -value)]);
    }

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    public void Functions_keep_their_limits(DType dtype)
    {
        const double Infinity = double.PositiveInfinity;
        AssertValues(UnaryOperation.Exp, dtype, [0, -0.0, Infinity, -Infinity, double.NaN, 1e4, -1e4], [1, 1, Infinity, 0, double.NaN, Infinity, 0]);
        AssertValues(UnaryOperation.Tanh, dtype, [0, Infinity, -Infinity, double.NaN, 1e4, -1e4], [0, 1, -1, double.NaN, 1, -1]);
        AssertValues(UnaryOperation.Log, dtype, [1, 0, Infinity, -1, double.NaN], [0, -Infinity, Infinity, double.NaN, double.NaN]);
        AssertValues(UnaryOperation.Erf, dtype, [0, Infinity, -Infinity, double.NaN, 7, -7], [0, 1, -1, double.NaN, 1, -1]);
        AssertValues(UnaryOperation.Sqrt, dtype, [0, 4, Infinity, -1, double.NaN], [0, 2, Infinity, double.NaN, double.NaN]);

        Tensor zero = Filled([1], dtype, -0.0);
        Backend.Unary(UnaryOperation.Tanh, zero, zero);
        Assert.That(double.IsNegative(zero.GetFlat(0)), "tanh −0 is −0.");
        Backend.Unary(UnaryOperation.Erf, zero, zero);
        Assert.That(double.IsNegative(zero.GetFlat(0)), "erf −0 is −0.");
    }

    [Test]
    public void Exp_underflows_gradually()
    {
        Tensor x = From(-88f, -95f, -103f), y = Tensor.Like(x);
        Backend.Unary(UnaryOperation.Exp, x, y);
        AssertNear(y, [Math.Exp(-88), Math.Exp(-95), Math.Exp(-103)], _ => 2 * float.Epsilon);
    }

    [Test]
    public void Where_an_element_lies_does_not_change_its_result()
    {
        Tensor x = Filled([4101], DType.Float32, 0.7), y = Tensor.Like(x);
        foreach (UnaryOperation operation in Enum.GetValues<UnaryOperation>())
        {
            Backend.Unary(operation, x, y);
            Assert.That(Of(y).Distinct().Count(), Is.EqualTo(1), $"{operation}");
        }
    }

    [Test]
    public void AddScaled_is_a_weighted_sum(
        [Values(DType.Float32, DType.Float64)] DType dtype, [Values(0.0, 1.0, -0.3)] double alpha, [Values(0.0, 1.0, 0.9)] double beta)
    {
        Philox random = new(11);
        Tensor x = Uniform(random, [5, 9], dtype), y = Uniform(random, [5, 9], dtype);
        double[] xs = Of(x), ys = Of(y);
        double a = Round(alpha, dtype), b = Round(beta, dtype);

        Backend.AddScaled(alpha, x, beta, y);

        AssertNear(y, [.. xs.Zip(ys, (p, q) => (a * p) + (b * q))], i => 3 * Roundoff(dtype) * (Math.Abs(a * xs[i]) + Math.Abs(b * ys[i])));
    }

    [Test]
    public void AddScaled_by_zero_forgets_what_was_there()
    {
        Tensor y = Filled([3], DType.Float32, double.NaN);
        Backend.AddScaled(2, Filled([3], DType.Float32, 4), 0, y);
        AssertEqual(y, [8, 8, 8]);
    }

    [TestCase(DType.Float32)]
    [TestCase(DType.Float64)]
    [TestCase(DType.Int32)]
    public void Fill_sets_every_element_of_many_tensors(DType dtype)
    {
        // More tensors than one launch takes, of all sizes.
        Tensor[] tensors = [.. Enumerable.Range(0, 100).Select(i => Filled([1 + (i * i)], dtype, 1))];
        Backend.Fill(-7, tensors);
        foreach (Tensor y in tensors)
        {
            AssertEqual(y, [.. Enumerable.Repeat(-7.0, y.ElementCount)]);
        }

        Assert.That(() => Backend.Fill(0, []), Throws.Nothing);
        Assert.That(() => Backend.Fill(0, tensors[0], tensors[1].To(DType.Float32), tensors[2].To(DType.Float64)), Throws.TypeOf<ShapeException>());
    }

    [Test]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        Tensor x = Filled([2, 3], DType.Float32, 0), y = Filled([3, 2], DType.Float32, 0);
        Assert.That(() => Backend.Unary(UnaryOperation.Exp, x, y), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("[3, 2]"));
        Assert.That(() => Backend.AddScaled(1, x, 1, y), Throws.TypeOf<ShapeException>());
        Assert.That(() => Backend.Binary(BinaryOperation.Add, x, y, y), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("[3, 2]"));
        Assert.That(() => Backend.Unary(UnaryOperation.Exp, x, Filled([2, 3], DType.Float64, 0)), Throws.TypeOf<ShapeException>().With.Message.Contains("Float64"));
        Tensor labels = Filled([2], DType.Int32, 0);
        Assert.That(() => Backend.Unary(UnaryOperation.Exp, labels, labels), Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));
    }

    private void AssertUlps(UnaryOperation operation, Func<double, double> function, DType dtype, double low, double high, double ulps)
    {
        Tensor x = Uniform(new Philox(7), [100_003], dtype, low, high), y = Tensor.Like(x);
        Backend.Unary(operation, x, y);
        double[] expected = [.. Of(x).Select(function)];
        AssertNear(y, expected, i => ulps * 2 * Roundoff(dtype) * Math.Abs(expected[i]));
    }

    private void AssertValues(UnaryOperation operation, DType dtype, double[] values, double[] expected)
    {
        Tensor x = From(values).To(dtype), y = Tensor.Like(x);
        Backend.Unary(operation, x, y);
        AssertEqual(y, expected);
    }

    private static double Exact(BinaryOperation operation, double a, double b) => operation switch
    {
        BinaryOperation.Add => a + b,
        BinaryOperation.Subtract => a - b,
        BinaryOperation.Multiply => a * b,
        _ => a / b,
    };

    private static double Round(double value, DType dtype) => dtype == DType.Float32 ? (float)value : value;

    // The shape with some axes set to 1 and perhaps some of the first ones left out.
    private static Shape Thinned(Philox random, Shape shape)
    {
        int[] sizes = shape.ToArray();
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            sizes[axis] = random.NextInt(2) == 0 ? 1 : sizes[axis];
        }

        return new Shape(sizes.AsSpan(random.NextInt(sizes.Length + 1)));
    }

    // The element of an operand that belongs to an element of the result.
    private static int Source(Shape operand, Shape result, int flat)
    {
        int[] position = Position(result, flat)[(result.Rank - operand.Rank)..];
        for (int axis = 0; axis < operand.Rank; axis++)
        {
            position[axis] = operand[axis] == 1 ? 0 : position[axis];
        }

        return Flat(operand, position);
    }
}
