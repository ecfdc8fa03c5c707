namespace Engine.Models;

/// <summary>The systems that the command can train, by name.</summary>
public static class ModelCatalog
{
    /// <summary>All of them, from the smallest to the largest.</summary>
    public static IReadOnlyList<ModelDefinition> All { get; } =
    [
        new SingleNeuron(),
        new TwoTwoOne(),
        new LineFit(),
        new LogisticRegression(),
        new MnistMlp(),
        new LeNet5(),
        new ShallowVgg(),
        new GoogLeNet(),
        new ResNet18(),
        new ResNet50(),
        new AlexNet(),
        new Vgg16(),
    ];

    /// <summary>The system of a name, or null.</summary>
    public static ModelDefinition? Find(string name) =>
        All.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
