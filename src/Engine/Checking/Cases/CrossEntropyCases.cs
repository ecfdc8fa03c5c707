using Engine.Losses;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class CrossEntropyCases
{
    public static LossCase Small(Philox random) => Categorical(random, random.Between(2, 6), random.Between(2, 9));

    public static LossCase Realistic(Philox random) => Categorical(random, random.Between(16, 33), random.Between(10, 40));

    public static LossCase SmallSparse(Philox random) => Sparse(random, random.Between(2, 6), random.Between(2, 9));

    public static LossCase RealisticSparse(Philox random) => Sparse(random, random.Between(16, 33), random.Between(10, 40));

    public static LossCase SmallBinary(Philox random) => Binary(random, random.Between(2, 6), random.Between(1, 7));

    public static LossCase RealisticBinary(Philox random) => Binary(random, random.Between(16, 33), random.Between(3, 10));

    private static LossCase Categorical(Philox random, int samples, int classes)
    {
        string kind = random.OneOf("one-hot targets", "smoothed targets", "targets that do not sum to 1");
        Tensor targets = Tensor.Zeros([samples, classes], DType.Float64);
        Span<double> t = targets.AsSpan<double>();
        double smoothing = kind == "smoothed targets" ? 0.1 : 0;
        for (int n = 0; n < samples; n++)
        {
            int label = random.NextInt(classes);
            for (int c = 0; c < classes; c++)
            {
                t[(n * classes) + c] = kind == "targets that do not sum to 1"
                    ? random.NextDouble(0, 2)
                    : (smoothing / classes) + (c == label ? 1 - smoothing : 0);
            }
        }

        return new LossCase(new CategoricalCrossEntropy(), Logits([samples, classes], random), targets, kind) { Traits = Traits.IgnoresRowShift };
    }

    private static LossCase Sparse(Philox random, int samples, int classes)
    {
        int[] labels = [.. Enumerable.Range(0, samples).Select(_ => random.NextInt(classes))];
        return new LossCase(new SparseCategoricalCrossEntropy(), Logits([samples, classes], random), Tensor.From(labels))
        {
            Traits = Traits.IgnoresRowShift,
        };
    }

    private static LossCase Binary(Philox random, int samples, int outputs)
    {
        bool soft = random.OneIn(3);
        Tensor targets = new([samples, outputs], DType.Float64);
        foreach (ref double t in targets.AsSpan<double>())
        {
            t = soft ? random.NextDouble() : random.NextInt(2);
        }

        return new LossCase(new BinaryCrossEntropy(), Logits(targets.Shape, random), targets, soft ? "targets between 0 and 1" : "targets 0 and 1");
    }

    // Sometimes confident ones.
    private static Tensor Logits(Shape shape, Philox random)
    {
        double scale = random.OneOf(1.0, 1.0, 4.0);
        Tensor logits = RandomTensors.Normal(shape, random);
        foreach (ref double x in logits.AsSpan<double>())
        {
            x *= scale;
        }

        return logits;
    }
}
