namespace Engine.Tests.Backends;

/// <summary>Random tensors, and comparison with numbers worked out in double by the plainest formula.</summary>
internal static class Numbers
{
    public static double Roundoff(DType dtype) => dtype == DType.Float32 ? Math.ScaleB(1, -24) : Math.ScaleB(1, -53);

    public static Tensor Uniform(Philox random, Shape shape, DType dtype, double low = -2, double high = 2)
    {
        Tensor x = new(shape, dtype);
        for (int i = 0; i < x.ElementCount; i++)
        {
            x.SetFlat(i, random.NextDouble(low, high));
        }

        return x;
    }

    public static Tensor Filled(Shape shape, DType dtype, double value)
    {
        Tensor x = new(shape, dtype);
        Backend.Of(x).Fill(value, x);
        return x;
    }

    /// <summary>A shape of 1 to <paramref name="largest"/> along each axis.</summary>
    public static Shape Sizes(Philox random, int rank, int largest = 7)
    {
        int[] sizes = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            sizes[axis] = 1 + random.NextInt(largest);
        }

        return new Shape(sizes);
    }

    /// <summary>The elements, from whatever device.</summary>
    public static double[] Of(Tensor x) => [.. Enumerable.Range(0, x.ElementCount).Select(x.To(Device.Cpu).GetFlat)];

    /// <summary>Where an element of a row-major tensor lies along each axis.</summary>
    public static int[] Position(Shape shape, int flat)
    {
        int[] position = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            (flat, position[axis]) = Math.DivRem(flat, shape[axis]);
        }

        return position;
    }

    public static int Flat(Shape shape, params ReadOnlySpan<int> position)
    {
        int flat = 0;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            flat = (flat * shape[axis]) + position[axis];
        }

        return flat;
    }

    /// <summary>Σ with the rounding error carried along (Neumaier, 1974): a reference better than what it judges.</summary>
    public static double Sum(IEnumerable<double> values)
    {
        double sum = 0, lost = 0;
        foreach (double value in values)
        {
            double next = sum + value;
            lost += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
            sum = next;
        }

        return sum + lost;
    }

    public static void AssertEqual(Tensor actual, double[] expected) => Assert.That(Of(actual), Is.EqualTo(expected));

    /// <summary>Fails where |actual − expected| exceeds the bound of that element.</summary>
    public static void AssertNear(Tensor actual, double[] expected, Func<int, double> bound)
    {
        Assert.That(actual.ElementCount, Is.EqualTo(expected.Length));
        actual = actual.To(Device.Cpu);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual.GetFlat(i) - expected[i]);
            if (!(error <= bound(i)))
            {
                Assert.Fail($"Element {i} of {actual.DType} {actual.Shape}: {actual.GetFlat(i):R}, expected {expected[i]:R}; off by {error:E2}, allowed {bound(i):E2}.");
            }
        }
    }
}
