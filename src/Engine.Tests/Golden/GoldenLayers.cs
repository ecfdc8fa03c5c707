using Engine.Layers;

namespace Engine.Tests.Golden;

/// <summary>A second opinion on every layer: output, ∂⟨v, y⟩/∂x and ∂⟨v, y⟩/∂θ as PyTorch computes them in Float64.</summary>
public sealed class GoldenLayers
{
    private static readonly Philox Random = new(1);

    private static readonly Dictionary<string, (Func<Layer> Create, Mode Mode)> Cases = new()
    {
        ["dense"] = (() => new Dense(5, 4, Random), Mode.Training),
        ["conv2d"] = (() => new Conv2D(3, 4, (3, 2), Random), Mode.Training),
        ["conv2d_strided"] = (() => new Conv2D(4, 6, (3, 2), Random, stride: (2, 1), padding: (1, 2), dilation: (2, 3), groups: 2), Mode.Training),
        ["conv2d_mirror"] = (() => new Conv2D(2, 3, (3, 5), Random, padding: Padding.Same, paddingMode: PaddingMode.Mirror), Mode.Training),
        ["conv2d_same"] = (() => new Conv2D(2, 3, (2, 4), Random, padding: Padding.Same), Mode.Training),
        ["maxpooling2d"] = (() => new MaxPooling2D(2), Mode.Training),
        ["maxpooling2d_overlapping"] = (() => new MaxPooling2D((3, 2), (2, 1), (1, 1), (2, 1)), Mode.Training),
        ["averagepooling2d"] = (() => new AveragePooling2D(2), Mode.Training),
        ["averagepooling2d_padded"] = (() => new AveragePooling2D((3, 2), (2, 1), (1, 1)), Mode.Training),
        ["relu"] = (() => new ReLU(), Mode.Training),
        ["logistic"] = (() => new Logistic(), Mode.Training),
        ["tanh"] = (() => new Tanh(), Mode.Training),
        ["softmax"] = (() => new Softmax(), Mode.Training),
        ["batchnormalization_training"] = (() => new BatchNormalization(3), Mode.Training),
        ["batchnormalization_inference"] = (() => new BatchNormalization(3), Mode.Inference),
        ["batchnormalization_images_training"] = (() => new BatchNormalization(2), Mode.Training),
        ["batchnormalization_images_inference"] = (() => new BatchNormalization(2), Mode.Inference),
    };

    public static IEnumerable<string> Names => Cases.Keys;

    [TestCaseSource(nameof(Names))]
    public void Output_and_gradients_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        (Func<Layer> create, Mode mode) = Cases[name];
        Layer layer = create();
        golden.LoadInto(layer);

        Pass pass = new(mode, records: true);
        Tensor y = layer.Forward(golden["x"], pass);
        Tensor dx = layer.Backward(golden["v"], pass);

        golden.AssertEqual("y", y);
        golden.AssertEqual("dx", dx);
        foreach (Parameter parameter in layer.Parameters.Where(p => p.Learns))
        {
            golden.AssertEqual($"d_{parameter.Name}", parameter.Gradient);
        }

        foreach (Parameter statistic in layer.Parameters.Where(p => p.IsStatistic))
        {
            golden.AssertEqual($"{statistic.Name}_after", statistic.Value);
        }
    }
}
