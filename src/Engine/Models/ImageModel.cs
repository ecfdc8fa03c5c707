using Engine.Networks;
using Engine.Schedules;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>A network that won or nearly won ImageNet: 1000 classes of pictures of 224×224 pixels in three colours.</summary>
/// <remarks>
/// Layers are named as in torchvision, so that weights can be exchanged with it (<c>Engine.Formats.PyTorchWeights</c>).
/// All take smaller pictures too; what they do then is said at each.
/// </remarks>
public abstract class ImageModel : ModelDefinition
{
    /// <inheritdoc/>
    public override string DefaultDataset => "mnist";

    /// <inheritdoc/>
    public override Shape DefaultInput => [3, 224, 224];

    /// <inheritdoc/>
    public override int DefaultClasses => 1000;

    /// <inheritdoc/>
    public override int DefaultEpochs => 3;

    /// <inheritdoc/>
    public override int DefaultBatchSize => 64;

    /// <inheritdoc/>
    public override double DefaultLearningRate => 1e-3;

    /// <inheritdoc/>
    public override Schedule? CreateSchedule(double learningRate) => new CosineDecay(learningRate);

    /// <summary>Refuses samples that are no pictures, or too small ones.</summary>
    /// <exception cref="ShapeException">They are.</exception>
    private protected void RequireImages(Shape input, int smallest)
    {
        if (input.Rank != 3 || input[1] < smallest || input[2] < smallest)
        {
            throw new ShapeException($"{Name} reads images of at least {smallest}×{smallest}, C×H×W, given {input}.");
        }
    }

    /// <summary>How many numbers the layers so far make of a sample, once they are put in a row.</summary>
    private protected static int Features(Network network, Shape input) => network.OutputShape(input.Prepend(1)).ElementCount;
}
