using Engine.Data;

namespace Engine.Training;

/// <summary>Everything that decides which weights a run arrives at, as names and texts: two runs that agree here agree bit for bit.</summary>
/// <remarks>The number of epochs is not among it: a finished run may be taken further.</remarks>
internal static class RunSettings
{
    public static IReadOnlyList<(string Name, string Value)> Of(TrainingRun run)
    {
        TrainerOptions options = run.Options;
        string[] frozen = [.. run.Network.NamedParameters().Where(p => !p.Parameter.Trainable).Select(p => p.Path)];
        return
        [
            ("model", options.Info.Model),
            ("element type", $"{run.Task.DType}"),
            ("seed", $"{options.Seed}"),
            ("batch size", $"{options.BatchSize}"),
            ("shuffle", $"{options.Shuffle}"),
            ("drop last", $"{options.DropLast}"),
            ("targets", $"{run.Task.Targets}"),
            ("augmentation", options.Transform is null ? "none" : "some"),
            ("loss", run.Loss.GetType().Name),
            ("optimizer", run.Optimizer.Settings),
            ("schedule", options.Schedule?.ToString() ?? "none"),
            ("frozen parameters", frozen.Length == 0 ? "none" : string.Join(", ", frozen)),
            ("training data", Describe(run.Training)),
            ("validation data", run.Validation is null ? "none" : Describe(run.Validation)),
        ];
    }

    private static string Describe(Dataset data) => $"{data.Name}, {data.Count} samples";
}
