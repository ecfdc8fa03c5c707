using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

/// <summary>Every operation but products and convolutions, ready to run on tensors of a given size.</summary>
/// <param name="Name">The operation and its variant.</param>
/// <param name="Run">Runs it on tensors made beforehand.</param>
/// <param name="Outputs">What it writes.</param>
internal sealed record OperationCase(string Name, Action Run, params Tensor[] Outputs)
{
    public static List<OperationCase> All(DType dtype, bool large)
    {
        Backend cpu = Backend.Of(Device.Cpu);
        Philox random = new(2024);
        int n = large ? 13 : 3, c = large ? 11 : 3, h = large ? 41 : 5, w = large ? 47 : 7;
        Shape images = [n, c, h, w], flat = [n * c * h * w], rows = [n * c * h, w], pooled = [n, c, h / 2, w / 2];
        Tensor x = Uniform(random, images, dtype, 0.1, 2), g = Uniform(random, images, dtype);
        Tensor xRows = x.Reshape(rows), gRows = g.Reshape(rows), gPooled = Uniform(random, pooled, dtype);
        Tensor perChannel = Uniform(random, [c], dtype, 0.1, 2), perColumn = Uniform(random, [w], dtype, 0.1, 2);
        Tensor channels = perChannel.Reshape([c, 1, 1]);
        Tensor labels = new([n * c * h], DType.Int32), argMax = new(pooled, DType.Int32);
        for (int i = 0; i < labels.ElementCount; i++)
        {
            labels.SetFlat(i, random.NextInt(w));
        }

        Window window = new(2, 2, 1, 0, 0);
        cpu.MaxPoolingForward(x, window, new Tensor(pooled, dtype), argMax);
        AdamSettings adam = new(1e-3, 0.9, 0.999, 1e-8);
        List<OperationCase> cases = [];

        // State that an operation adds to starts from the same numbers in every run.
        void Add(string name, Action<Tensor[]> run, params Tensor[] outputs)
        {
            Tensor[] initial = [.. outputs.Select(output => Zero(output))];
            cases.Add(new OperationCase(name, Execute, outputs));
            void Execute()
            {
                for (int i = 0; i < outputs.Length; i++)
                {
                    initial[i].CopyTo(outputs[i]);
                }

                run(outputs);
            }
        }

        Tensor Images() => new(images, dtype);
        Tensor Rows() => new(rows, dtype);
        Tensor C() => new([c], dtype);
        Tensor Scalar() => new([], dtype);

        Add("Fill", o => cpu.Fill(3, o[0]), Images());
        foreach (UnaryOperation operation in Enum.GetValues<UnaryOperation>())
        {
            Add($"{operation}", o => cpu.Unary(operation, x, o[0]), Images());
        }

        foreach (BinaryOperation operation in Enum.GetValues<BinaryOperation>())
        {
            Add($"{operation}", o => cpu.Binary(operation, x, g, o[0]), Images());
            Add($"{operation} per channel", o => cpu.Binary(operation, x, channels, o[0]), Images());
            Add($"{operation} per column", o => cpu.Binary(operation, perColumn, x, o[0]), Images());
        }

        Add("AddScaled", o => cpu.AddScaled(0.3, x, 0.9, o[0]), Images());
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            Add($"{activation} forward", o => cpu.ActivationForward(activation, x, o[0]), Images());
            Add($"{activation} backward", o => cpu.ActivationBackward(activation, x, g, o[0]), Images());
        }

        Tensor xFlat = x.Reshape(flat);
        foreach (Reduction reduction in Enum.GetValues<Reduction>())
        {
            Add($"{reduction} of all", o => cpu.Reduce(reduction, xFlat, 0, o[0]), Scalar());
            for (int axis = 0; axis < 4; axis++)
            {
                int along = axis;
                Add($"{reduction} along {axis}", o => cpu.Reduce(reduction, x, along, o[0]), new Tensor(images.Without(axis), dtype));
            }
        }

        Add("ArgMax", o => cpu.ArgMax(x, 1, o[0]), new Tensor(images.Without(1), DType.Int32));
        Add("Bias gradient of images", o => cpu.AccumulateBiasGradient(g, o[0]), C());
        Add("Bias gradient of rows", o => cpu.AccumulateBiasGradient(gRows, o[0]), new Tensor([w], dtype));
        Add("Permute", o => cpu.Permute(x, [0, 3, 1, 2], o[0]), new Tensor([n, w, c, h], dtype));
        Add("Transpose", o => cpu.Permute(xRows, [1, 0], o[0]), new Tensor([w, n * c * h], dtype));
        Add("Slice", o => cpu.Slice(x, 1, 1, o[0]), new Tensor(images.With(1, c - 1), dtype));
        Add("Place", o => cpu.Place(gPooled, 2, 1, o[0]), new Tensor(pooled.With(2, (h / 2) + 2), dtype));
        Add("Softmax forward", o => cpu.SoftmaxForward(x, o[0]), Images());
        Add("Softmax backward", o => cpu.SoftmaxBackward(x, g, o[0]), Images());
        Add("Softmax cross-entropy of labels", o => cpu.SoftmaxCrossEntropyForward(xRows, labels, o[0], o[1]), Rows(), Scalar());
        Add("Softmax cross-entropy", o => cpu.SoftmaxCrossEntropyForward(xRows, gRows, o[0], o[1]), Rows(), Scalar());
        Add("Softmax cross-entropy backward of labels", o => cpu.SoftmaxCrossEntropyBackward(xRows, labels, o[0]), Rows());
        Add("Softmax cross-entropy backward", o => cpu.SoftmaxCrossEntropyBackward(xRows, gRows, o[0]), Rows());
        Add("Logistic cross-entropy", o => cpu.LogisticCrossEntropyForward(x, g, o[0], o[1]), Images(), Scalar());
        Add("Max pooling forward", o => cpu.MaxPoolingForward(x, window, o[0], o[1]), new Tensor(pooled, dtype), new Tensor(pooled, DType.Int32));
        Add("Max pooling backward", o => cpu.MaxPoolingBackward(gPooled, argMax, window, o[0]), Images());
        Add("Average pooling forward", o => cpu.AveragePoolingForward(x, window, o[0]), new Tensor(pooled, dtype));
        Add("Average pooling backward", o => cpu.AveragePoolingBackward(gPooled, window, o[0]), Images());
        Add("Batch normalization forward", o => cpu.BatchNormalizationForward(x, perChannel, perChannel, 1e-3, o[0], o[1], o[2]), Images(), C(), C());
        Add("Batch normalization of rows", o => cpu.BatchNormalizationForward(xRows, perColumn, perColumn, 1e-3, o[0], o[1], o[2]), Rows(), new Tensor([w], dtype), new Tensor([w], dtype));
        Add("Batch normalization inference", o => cpu.BatchNormalizationInference(x, perChannel, perChannel, perChannel, perChannel, 1e-3, o[0]), Images());
        Add("Batch normalization backward", o => cpu.BatchNormalizationBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2]), Images(), C(), C());
        Add("Batch normalization inference backward", o => cpu.BatchNormalizationInferenceBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2]), Images(), C(), C());
        Add("Dropout mask", o => cpu.DropoutMask(5, 6, 7, 0.4, o[0]), Images());
        Add("Fill of many", o => cpu.Fill(3, o[0], o[1]), Images(), Rows());
        Add("Count of what is not finite", o => cpu.CountNonFinite([x, g], o[0]), new Tensor([], DType.Int32));
        Add("SGD", o => cpu.SgdStep([new(g, null, o[0])], 0.1, 0), Images());
        Add("Momentum", o => cpu.SgdStep([new(g, o[0], o[1])], 0.1, 0.9), Images(), Images());
        Add("Adam", o => cpu.AdamStep([new(g, o[0], o[1], o[2])], adam, 3), Images(), Images(), Images());
        return cases;
    }

    private static Tensor Zero(Tensor like) => Tensor.Zeros(like.Shape, like.DType);
}
