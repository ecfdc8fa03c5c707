using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

/// <summary>Every operation but products and convolutions, ready to run on tensors of a given size.</summary>
/// <param name="Name">The operation and its variant.</param>
/// <param name="Run">Sets what it writes to zero, and runs it, on tensors made beforehand.</param>
/// <param name="RunAgain">Runs it on what it left behind.</param>
/// <param name="Outputs">What it writes.</param>
internal sealed record OperationCase(string Name, Action Run, Action RunAgain, params Tensor[] Outputs)
{
    /// <param name="dtype">Of the numbers.</param>
    /// <param name="large">Large enough for several jobs, or several blocks.</param>
    /// <param name="device">Where they run.</param>
    public static List<OperationCase> All(DType dtype, bool large, Device device = default)
    {
        Backend backend = Backend.Of(device);
        Philox random = new(2024);
        int n = large ? 13 : 3, c = large ? 11 : 3, h = large ? 41 : 5, w = large ? 47 : 7;
        Shape images = [n, c, h, w], flat = [n * c * h * w], rows = [n * c * h, w], pooled = [n, c, h / 2, w / 2];
        Tensor x = On(Uniform(random, images, dtype, 0.1, 2)), g = On(Uniform(random, images, dtype));
        Tensor xRows = x.Reshape(rows), gRows = g.Reshape(rows), gPooled = On(Uniform(random, pooled, dtype));
        Tensor perChannel = On(Uniform(random, [c], dtype, 0.1, 2)), perColumn = On(Uniform(random, [w], dtype, 0.1, 2));
        Tensor channels = perChannel.Reshape([c, 1, 1]);
        Tensor labels = On(Tensor.From<int>([.. Enumerable.Range(0, n * c * h).Select(_ => random.NextInt(w))])), argMax = new(pooled, DType.Int32, device);
        Window window = new(2, 2, 1, 0, 0);
        backend.MaxPoolingForward(x, window, new Tensor(pooled, dtype, device), argMax);
        AdamSettings adam = new(1e-3, 0.9, 0.999, 1e-8);
        List<OperationCase> cases = [];

        // State that an operation adds to starts from the same numbers in every run.
        void Add(string name, Action<Tensor[]> run, params Tensor[] outputs)
        {
            Tensor[] initial = [.. outputs.Select(output => Zero(output))];
            cases.Add(new OperationCase(name, Execute, () => run(outputs), outputs));
            void Execute()
            {
                for (int i = 0; i < outputs.Length; i++)
                {
                    initial[i].CopyTo(outputs[i]);
                }

                run(outputs);
            }
        }

        Tensor On(Tensor x) => x.To(device);
        Tensor Images() => new(images, dtype, device);
        Tensor Rows() => new(rows, dtype, device);
        Tensor C() => new([c], dtype, device);
        Tensor Scalar() => new([], dtype, device);

        Add("Fill", o => backend.Fill(3, o[0]), Images());
        foreach (UnaryOperation operation in Enum.GetValues<UnaryOperation>())
        {
            Add($"{operation}", o => backend.Unary(operation, x, o[0]), Images());
        }

        foreach (BinaryOperation operation in Enum.GetValues<BinaryOperation>())
        {
            Add($"{operation}", o => backend.Binary(operation, x, g, o[0]), Images());
            Add($"{operation} per channel", o => backend.Binary(operation, x, channels, o[0]), Images());
            Add($"{operation} per column", o => backend.Binary(operation, perColumn, x, o[0]), Images());
        }

        Add("AddScaled", o => backend.AddScaled(0.3, x, 0.9, o[0]), Images());
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            Add($"{activation} forward", o => backend.ActivationForward(activation, x, o[0]), Images());
            Add($"{activation} backward", o => backend.ActivationBackward(activation, x, g, o[0]), Images());
        }

        Tensor xFlat = x.Reshape(flat);
        foreach (Reduction reduction in Enum.GetValues<Reduction>())
        {
            Add($"{reduction} of all", o => backend.Reduce(reduction, xFlat, 0, o[0]), Scalar());
            for (int axis = 0; axis < 4; axis++)
            {
                int along = axis;
                Add($"{reduction} along {axis}", o => backend.Reduce(reduction, x, along, o[0]), new Tensor(images.Without(axis), dtype, device));
            }
        }

        Add("ArgMax", o => backend.ArgMax(x, 1, o[0]), new Tensor(images.Without(1), DType.Int32, device));
        Add("Bias gradient of images", o => backend.AccumulateBiasGradient(g, o[0]), C());
        Add("Bias gradient of rows", o => backend.AccumulateBiasGradient(gRows, o[0]), new Tensor([w], dtype, device));
        Add("Permute", o => backend.Permute(x, [0, 3, 1, 2], o[0]), new Tensor([n, w, c, h], dtype, device));
        Add("Transpose", o => backend.Permute(xRows, [1, 0], o[0]), new Tensor([w, n * c * h], dtype, device));
        Add("Slice", o => backend.Slice(x, 1, 1, o[0]), new Tensor(images.With(1, c - 1), dtype, device));
        Add("Place", o => backend.Place(gPooled, 2, 1, o[0]), new Tensor(pooled.With(2, (h / 2) + 2), dtype, device));
        Add("Softmax forward", o => backend.SoftmaxForward(x, o[0]), Images());
        Add("Softmax backward", o => backend.SoftmaxBackward(x, g, o[0]), Images());
        Add("Softmax cross-entropy of labels", o => backend.SoftmaxCrossEntropyForward(xRows, labels, o[0], o[1]), Rows(), Scalar());
        Add("Softmax cross-entropy", o => backend.SoftmaxCrossEntropyForward(xRows, gRows, o[0], o[1]), Rows(), Scalar());
        Add("Softmax cross-entropy backward of labels", o => backend.SoftmaxCrossEntropyBackward(xRows, labels, o[0]), Rows());
        Add("Softmax cross-entropy backward", o => backend.SoftmaxCrossEntropyBackward(xRows, gRows, o[0]), Rows());
        Add("Logistic cross-entropy", o => backend.LogisticCrossEntropyForward(x, g, o[0], o[1]), Images(), Scalar());
        Add("Max pooling forward", o => backend.MaxPoolingForward(x, window, o[0], o[1]), new Tensor(pooled, dtype, device), new Tensor(pooled, DType.Int32, device));
        Add("Max pooling backward", o => backend.MaxPoolingBackward(gPooled, argMax, window, o[0]), Images());
        Add("Average pooling forward", o => backend.AveragePoolingForward(x, window, o[0]), new Tensor(pooled, dtype, device));
        Add("Average pooling backward", o => backend.AveragePoolingBackward(gPooled, window, o[0]), Images());
        Add("Average pooling backward through an activation", o => backend.AveragePoolingBackward(gPooled, window, o[0], Activation.Tanh, x), Images());
        Add("Batch normalization forward", o => backend.BatchNormalizationForward(x, perChannel, perChannel, 1e-3, o[0], o[1], o[2]), Images(), C(), C());
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            Add($"Add and {activation}", o => backend.Binary(BinaryOperation.Add, x, g, o[0], activation), Images());
            Add($"Batch normalization and {activation}", o => backend.BatchNormalizationForward(x, perChannel, perChannel, 1e-3, o[0], o[1], o[2], activation), Images(), C(), C());
            Add($"Batch normalization inference and {activation}", o => backend.BatchNormalizationInference(x, perChannel, perChannel, perChannel, perChannel, 1e-3, o[0], activation), Images());
            Add($"Back through {activation} and batch normalization", o => backend.BatchNormalizationBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2], activation, x), Images(), C(), C());
            Add($"Back through batch normalization and {activation}", o => backend.BatchNormalizationBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2], before: activation), Images(), C(), C());
            Add($"Back through {activation} and batch normalization inference", o => backend.BatchNormalizationInferenceBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2], activation, x), Images(), C(), C());
        }

        Add("Batch normalization of rows", o => backend.BatchNormalizationForward(xRows, perColumn, perColumn, 1e-3, o[0], o[1], o[2]), Rows(), new Tensor([w], dtype, device), new Tensor([w], dtype, device));
        Add("Batch normalization inference", o => backend.BatchNormalizationInference(x, perChannel, perChannel, perChannel, perChannel, 1e-3, o[0]), Images());
        Add("Batch normalization backward", o => backend.BatchNormalizationBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2]), Images(), C(), C());
        Add("Batch normalization inference backward", o => backend.BatchNormalizationInferenceBackward(x, g, perChannel, perChannel, perChannel, 1e-3, o[0], o[1], o[2]), Images(), C(), C());
        Add("Dropout mask", o => backend.DropoutMask(5, 6, 7, 0.4, o[0]), Images());
        Add("Fill of many", o => backend.Fill(3, o[0], o[1]), Images(), Rows());
        Add("Count of what is not finite", o => backend.CountNonFinite([x, g], o[0]), new Tensor([], DType.Int32, device));
        Add("SGD", o => backend.SgdStep([new(g, null, o[0])], 0.1, 0), Images());
        Add("Momentum", o => backend.SgdStep([new(g, o[0], o[1])], 0.1, 0.9), Images(), Images());
        Add("Adam", o => backend.AdamStep([new(g, o[0], o[1], o[2])], adam, 3), Images(), Images(), Images());
        Add("SGD of many", o => backend.SgdStep([new(g, null, o[0]), new(perChannel, null, o[1])], 0.1, 0), Images(), C());
        Add("Momentum of many", o => backend.SgdStep([new(perChannel, o[0], o[1]), new(g, o[2], o[3])], 0.1, 0.9), C(), C(), Images(), Images());
        Add("Adam of many", o => backend.AdamStep([new(g, o[0], o[1], o[2]), new(perChannel, o[3], o[4], o[5])], adam, 3), Images(), Images(), Images(), C(), C(), C());
        return cases;
    }

    private static Tensor Zero(Tensor like) => Tensor.Zeros(like.Shape, like.DType, like.Device);
}
