using Engine.Formats;
using Engine.Models;
using Engine.Networks;
using Engine.Networks.Frozen;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>A network as a file of weights holds it, for answers.</summary>
/// <param name="Model">Which model it is.</param>
/// <param name="Network">The network, its weights loaded, frozen.</param>
/// <param name="Input">The shape of one sample.</param>
/// <param name="Info">What the file says.</param>
/// <param name="File">The file.</param>
internal sealed record TrainedNetwork(ModelDefinition Model, FrozenNetwork Network, Shape Input, WeightsInfo Info, string File)
{
    /// <summary>The name that <see cref="WeightsInfo"/> gives a network whose file names none.</summary>
    private const string Nameless = "network";

    /// <summary>Loads a file of weights.</summary>
    /// <param name="terminal">Where relative paths begin.</param>
    /// <param name="file">The user's file; null for the model's last run, or that of any model for pictures.</param>
    /// <param name="model">The user's model; null for the one the file names.</param>
    /// <param name="compute">Where the network is to compute.</param>
    /// <param name="batchSize">How many samples it will usually be asked about at a time.</param>
    /// <param name="mapped">Whether the weights are to be used where they lie in the file, not read; see <see cref="WeightsFile.Map"/>.</param>
    /// <exception cref="MistakeException">There is no such file, or it is of another model.</exception>
    public static TrainedNetwork Load(Terminal terminal, string? file, ModelDefinition? model, ComputeRequest compute, int batchSize, bool mapped = false)
    {
        string path = file is not null ? terminal.FullPath(file)
            : model is not null ? RunFiles.Of(terminal, model.Name, output: null).Weights
            : RunFiles.LatestForPictures(terminal)
            ?? throw new MistakeException(
                $"There is no network trained on pictures below {terminal.FullPath(RunFiles.DefaultFolder)}. Train one with 'engine train mnist-mlp', or name a file with --weights.");
        if (!System.IO.File.Exists(path))
        {
            throw new MistakeException(file is not null
                ? $"There is no file {path}. Name the weights of a trained network with --weights."
                : $"{model!.Name} has not been trained here: {path} is not there. Train it with 'engine train {model.Name}', or name a file with --weights.");
        }

        WeightsInfo info = WeightsFile.ReadInfo(path);
        if (model is not null && info.Model is not Nameless && info.Model != model.Name)
        {
            throw new MistakeException($"{path} holds the weights of '{info.Model}', not of '{model.Name}'. Name the model it was trained as, or another file.");
        }

        model ??= ModelCatalog.Find(info.Model)
            ?? throw new MistakeException($"{path} does not say which model it is of. Name it with --model: {string.Join(", ", ModelCatalog.All.Select(m => m.Name))}.");
        Shape input = info.InputShape ?? model.DefaultInput;
        int outputs = model.DefaultClasses == 1 ? 1 : info.ClassNames.Count > 0 ? info.ClassNames.Count : model.DefaultClasses;
        DType dtype = Enum.TryParse(info.Settings.GetValueOrDefault("dtype"), ignoreCase: true, out DType saved) && saved.IsFloat() ? saved : DType.Float32;
        Network network = ModelFit.Create(model, input, outputs, seed: 0, dtype);
        _ = mapped ? WeightsFile.Map(path, network) : WeightsFile.Load(path, network);
        network.MoveTo(compute.Apply(dtype));
        return new TrainedNetwork(model, network.Freeze(input.Prepend(batchSize)), input, info, path);
    }
}
