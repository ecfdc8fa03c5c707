using System.Globalization;
using System.Text.Json;
using Engine.Data;
using Engine.Formats;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>
/// The checkpoint of a run: one safetensors file with the weights, the optimizer's memory, and where the run stands. A
/// run resumed from it arrives at the weights of an uninterrupted one, bit for bit.
/// </summary>
/// <remarks>
/// It suffices that every random choice is a function of the seed and the number of the epoch or step: no generator has
/// a state to be saved. The file can also be read as a <see cref="WeightsFile"/>.
/// </remarks>
public static class TrainingState
{
    private const string Format = "engine training state 1";
    private const string SettingPrefix = "run.";

    /// <summary>The settings that a checkpoint's run has: "batch size", "seed", "optimizer" …; a run that resumes it must have the same.</summary>
    /// <exception cref="InvalidFileException">The file is malformed.</exception>
    /// <exception cref="IncompatibleFileException">The file is no checkpoint.</exception>
    public static IReadOnlyDictionary<string, string> ReadSettings(string path)
    {
        IReadOnlyDictionary<string, string> metadata = SafetensorsFile.ReadMetadata(path);
        RequireFormat(path, metadata);
        return metadata.Where(e => e.Key.StartsWith(SettingPrefix, StringComparison.Ordinal))
            .ToDictionary(e => e.Key[SettingPrefix.Length..], e => e.Value);
    }

    internal static void Save(string path, TrainingRun run)
    {
        EpochProgress progress = run.Progress;
        Dictionary<string, string> metadata = run.Options.Info.ToMetadata();
        metadata["format"] = Format;
        metadata["epochs_done"] = Text(progress.EpochsDone);
        metadata["steps_done"] = Text(progress.StepsDone);
        metadata["samples"] = Text(progress.Samples);
        metadata["loss_sum"] = Text(progress.LossSum);
        metadata["right"] = Text(progress.Right);
        metadata["seconds"] = Text(progress.StepsDone == 0 ? 0 : run.EpochSeconds);
        metadata["optimizer_steps"] = Text(run.Optimizer.StepCount);
        metadata["learning_rate"] = Text(run.Optimizer.LearningRate);
        metadata["history"] = JsonSerializer.Serialize(run.History.ToArray(), MetadataReader.Options);
        foreach ((string name, string value) in run.Settings)
        {
            metadata[SettingPrefix + name] = value;
        }

        SafetensorsFile.Write(path, WeightsFile.TensorsOf(run.Network).Concat(Memory(run)), metadata);
    }

    /// <summary>Puts a run where a checkpoint left it. Nothing is changed unless everything fits.</summary>
    /// <exception cref="InvalidFileException">The file is malformed.</exception>
    /// <exception cref="IncompatibleFileException">The file is no checkpoint, or of a run with other settings.</exception>
    internal static void Restore(string path, TrainingRun run)
    {
        SafetensorsFile file = SafetensorsFile.Read(path);
        RequireFormat(path, file.Metadata);
        foreach ((string name, string value) in run.Settings)
        {
            string saved = file.Metadata.GetValueOrDefault(SettingPrefix + name, "unknown");
            if (saved != value)
            {
                throw new IncompatibleFileException(
                    path, $"cannot resume, the {name} differs: {Printable.Quote(saved)} in the checkpoint, '{value}' in this run");
            }
        }

        WeightsFile.Check(path, file, run.Network);
        foreach ((string name, Tensor value) in Memory(run))
        {
            WeightsFile.RequireLike(path, file, name, value);
        }

        Position position = ReadPosition(new MetadataReader(file.Metadata, path), path, run.StepsPerEpoch);
        run.Optimizer.StepCount = position.OptimizerSteps;
        run.Optimizer.LearningRate = position.LearningRate;
        foreach ((string name, Tensor value) in WeightsFile.TensorsOf(run.Network).Concat(Memory(run)))
        {
            file.Tensors[name].To(value.DType).CopyTo(value);
        }

        run.Resume(position.Progress, new TrainingHistory(position.History));
    }

    private static Position ReadPosition(MetadataReader reader, string path, int stepsPerEpoch)
    {
        EpochProgress progress = EpochProgress.Restore(
            reader.Number<int>("epochs_done"),
            reader.Number<int>("steps_done"),
            reader.Number<long>("samples"),
            reader.Number<double>("loss_sum"),
            reader.Number<long>("right"),
            reader.Number<double>("seconds"));
        Position position = new(
            progress, reader.Json<EpochReport[]>("history") ?? [], reader.Number<long>("optimizer_steps"), reader.Number<double>("learning_rate"));
        bool makesSense = progress.EpochsDone >= 0
            && progress.StepsDone >= 0 && progress.StepsDone <= stepsPerEpoch
            && progress.Right >= 0 && progress.Right <= progress.Samples
            && progress.SecondsBefore >= 0 && double.IsFinite(progress.LossSum)
            && position.OptimizerSteps >= 0
            && position.LearningRate > 0 && double.IsFinite(position.LearningRate)
            && position.History.Length == progress.EpochsDone
            && position.History.Index().All(r => r.Item?.Epoch == r.Index + 1);
        return makesSense
            ? position
            : throw new InvalidFileException(path, 8, "the metadata that says where the run stands contradicts itself");
    }

    private static IEnumerable<(string Name, Tensor Value)> Memory(TrainingRun run) =>
        run.Optimizer.State.Select(s => (WeightsFile.OptimizerPrefix + s.Name, s.Value));

    private static void RequireFormat(string path, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.GetValueOrDefault("format") != Format)
        {
            throw new IncompatibleFileException(path, "the file is no checkpoint of a training run, which says 'format': 'engine training state 1'");
        }
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    private sealed record Position(EpochProgress Progress, EpochReport[] History, long OptimizerSteps, double LearningRate);
}
