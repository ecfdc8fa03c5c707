using Engine.Data;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>How a model is made to fit a data set, with the mistakes that are possible there.</summary>
internal static class ModelFit
{
    // Streams 0, 1, 2 … of a seed order the samples of epochs; the first weights come from one far away.
    private const ulong WeightsStream = 1UL << 62;

    /// <summary>The number of outputs a model needs for a data set: one per class, or one number for two.</summary>
    /// <exception cref="MistakeException">The model cannot learn such data.</exception>
    public static int Outputs(ModelDefinition model, Dataset data)
    {
        bool givesNumber = model.DefaultClasses == 1;
        if (!data.HasLabels)
        {
            return model.CreateLoss() is MeanSquaredError
                ? data.TargetShape.ElementCount
                : throw new MistakeException($"{model.Name} learns classes, and data set '{data.Name}' has numbers for targets. {Usual(model)}");
        }

        return givesNumber && data.ClassCount > 2
            ? throw new MistakeException($"{model.Name} tells two classes apart, and data set '{data.Name}' has {data.ClassCount}. {Usual(model)}")
            : givesNumber ? 1 : data.ClassCount;
    }

    /// <summary>The network.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="seed">Where the weights come from.</param>
    /// <param name="dtype">What to compute in.</param>
    public static Network Create(ModelDefinition model, Shape input, int outputs, ulong seed, DType dtype)
    {
        Network network = model.Create(input, outputs, new Philox(seed, WeightsStream));
        network.ConvertTo(dtype);
        return network;
    }

    private static string Usual(ModelDefinition model) => $"Leave out --dataset for '{model.DefaultDataset}'.";
}
