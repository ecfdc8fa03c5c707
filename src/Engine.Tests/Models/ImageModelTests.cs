using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;

namespace Engine.Tests.Models;

/// <summary>The networks of ImageNet: their sizes, and the pictures they take.</summary>
public sealed class ImageModelTests
{
    private static IEnumerable<ModelDefinition> All => ModelCatalog.All.OfType<ImageModel>();

    // torchvision's documentation, "num_params" of each model's weights.
    [TestCase("resnet18", 11_689_512)]
    [TestCase("resnet50", 25_557_032)]
    [TestCase("alexnet", 61_100_840)]
    [TestCase("vgg16", 138_357_544)]
    [TestCase("googlenet", 6_624_904)]
    public void A_network_has_as_many_parameters_as_that_of_torchvision(string name, long parameters)
    {
        ModelDefinition model = ModelCatalog.Find(name)!;
        Network network = model.Create(model.DefaultInput, model.DefaultClasses, new Philox(1));
        Assert.That(new NetworkSummary(network, model.DefaultInput).Parameters, Is.EqualTo(parameters));
        Assert.That(network.OutputShape([2, 3, 224, 224]), Is.EqualTo(new Shape(2, 1000)));
    }

    // He et al., table 1: 1.8 and 3.8 · 10⁹ multiply-adds; the latter with the stride in the first 1×1 of a bottleneck, which
    // torchvision puts into the 3×3 (4.09 · 10⁹, as its documentation says).
    [TestCase("resnet18", 1_814_073_344)]
    [TestCase("resnet50", 4_089_184_256)]
    public void A_residual_network_multiplies_as_often_as_its_table_says(string name, long multiplyAdds)
    {
        ModelDefinition model = ModelCatalog.Find(name)!;
        Network network = model.Create(model.DefaultInput, model.DefaultClasses, new Philox(1));
        Assert.That(network.MultiplyAdds([1, 3, 224, 224]), Is.EqualTo(multiplyAdds));
    }

    [TestCaseSource(nameof(All))]
    public void A_network_takes_the_pictures_of_its_data_set(ModelDefinition model) =>
        Assert.That(model.Create([1, 28, 28], 10, new Philox(1)).OutputShape([3, 1, 28, 28]), Is.EqualTo(new Shape(3, 10)));

    [TestCaseSource(nameof(All))]
    public void A_network_refuses_what_is_no_picture(ModelDefinition model) =>
        Assert.That(
            () => model.Create([784], 10, new Philox(1)),
            Throws.TypeOf<ShapeException>().With.Message.StartsWith($"{model.Name} reads images of at least ").And.Message.EndsWith("given [784]."));

    [TestCase(63, 63)]
    [TestCase(64, 32)]
    public void A_residual_network_halves_pictures_at_once_from_64_pixels_on(int size, int stem)
    {
        Network network = new ResNet18().Create([3, size, size], 10, new Philox(1));
        Assert.That(network.Children[0].OutputShape([1, 3, size, size]), Is.EqualTo(new Shape(1, 64, stem, stem)));
        Assert.That(network.Children.OfType<MaxPooling2D>().Count(), Is.EqualTo(size < 64 ? 0 : 1));
    }

    [Test]
    public void A_residual_network_learns_a_batch_by_heart()
    {
        // Two pictures told apart in a few steps: everything from the stem to the head gets a gradient that helps.
        ResNet18 model = new();
        Network network = model.Create([1, 8, 8], 2, new Philox(1));
        Tensor x = new([4, 1, 8, 8]), labels = Tensor.From([0, 1, 1, 0], [4]);
        Philox random = new(2);
        foreach (ref float value in x.AsSpan<float>())
        {
            value = (float)random.NextNormal();
        }

        Loss loss = model.CreateLoss();
        Optimizer optimizer = model.CreateOptimizer(network, 1e-3);
        double first = 0, last = 0;
        for (int step = 0; step < 6; step++)
        {
            Pass pass = new(Mode.Training);
            network.ZeroGradients();
            last = loss.Forward(network.Forward(x, pass), labels, pass).Item();
            first = step == 0 ? last : first;
            network.Backward(loss.Backward(pass), pass);
            optimizer.Step();
        }

        Assert.That(last, Is.LessThan(first / 4));
    }
}
