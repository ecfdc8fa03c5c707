using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;

namespace Engine.Tests.Golden;

/// <summary>A second opinion on losses, optimizers and a whole network, from PyTorch in Float64.</summary>
public sealed class GoldenTraining
{
    private static readonly Dictionary<string, Func<Loss>> Losses = new()
    {
        ["meansquarederror"] = () => new MeanSquaredError(),
        ["categoricalcrossentropy"] = () => new CategoricalCrossEntropy(),
        ["sparsecategoricalcrossentropy"] = () => new SparseCategoricalCrossEntropy(),
        ["binarycrossentropy"] = () => new BinaryCrossEntropy(),
    };

    private static readonly Dictionary<string, Func<Layer, Optimizer>> Optimizers = new()
    {
        ["sgd"] = p => new Sgd(p, 0.05),
        ["sgd_momentum"] = p => new Sgd(p, 0.05, momentum: 0.9),
        ["adam"] = p => new Adam(p, 0.01),
        ["adam_settings"] = p => new Adam(p, 0.02, 0.8, 0.95, 1e-4),
    };

    public static IEnumerable<string> LossNames => Losses.Keys;

    public static IEnumerable<string> OptimizerNames => Optimizers.Keys;

    [TestCaseSource(nameof(LossNames))]
    public void A_loss_and_its_gradient_are_those_of_PyTorch(string name)
    {
        GoldenFile golden = new(name);
        Loss loss = Losses[name]();
        Pass pass = new(Mode.Training);
        golden.AssertEqual("loss", loss.Forward(golden["x"], golden["target"], pass));
        golden.AssertEqual("dx", loss.Backward(pass));
    }

    [TestCaseSource(nameof(OptimizerNames))]
    public void An_optimizer_walks_where_PyTorch_walks(string name)
    {
        GoldenFile golden = new(name);
        Dense layer = new(3, 4, new Philox(1), bias: false);
        layer.ConvertTo(DType.Float64);
        golden["theta"].CopyTo(layer.Weight.Value);

        Optimizer optimizer = Optimizers[name](layer);
        Tensor walked = new(golden["thetas"].Shape, DType.Float64);
        for (int step = 0; step < walked.Shape[0]; step++)
        {
            golden["gradients"].Slice(0, step, 1).Reshape([3, 4]).CopyTo(layer.Weight.Gradient);
            optimizer.Step();
            Backend.Of(walked).Place(layer.Weight.Value.Reshape([1, 3, 4]), 0, step, walked);
        }

        golden.AssertEqual("thetas", walked);
    }

    [Test]
    public void Every_gradient_of_a_convolutional_residual_network_is_that_of_PyTorch()
    {
        GoldenFile golden = new("network");
        Philox random = new(1);
        Network network = new()
        {
            new Conv2D(2, 3, 3, random, padding: 1) { Name = "conv" },
            new BatchNormalization(3) { Name = "bn" },
            new Tanh(),
            new Residual(new Conv2D(3, 3, 3, random, padding: 1) { Name = "body" }) { Name = "block" },
            new ReLU(),
            new MaxPooling2D(2),
            new Flatten(),
            new Dense(27, 4, random) { Name = "dense" },
        };
        network.ConvertTo(DType.Float64);
        foreach ((string path, Parameter parameter) in network.NamedParameters().Where(p => p.Parameter.Learns))
        {
            golden[path].CopyTo(parameter.Value);
        }

        SparseCategoricalCrossEntropy loss = new();
        Pass pass = new(Mode.Training);
        golden.AssertEqual("loss", loss.Forward(network.Forward(golden["x"], pass), golden["labels"], pass));
        golden.AssertEqual("dx", network.Backward(loss.Backward(pass), pass));
        foreach ((string path, Parameter parameter) in network.NamedParameters().Where(p => p.Parameter.Learns))
        {
            golden.AssertEqual($"d_{path}", parameter.Gradient);
        }

        Assert.That(pass.SavedCount, Is.Zero);
    }
}
