using System.CommandLine;
using Engine.Cli.Bench;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench steps [MODEL…]</c>: how long a training step takes.</summary>
internal static class BenchStepsCommand
{
    private const int DefaultRounds = 15;

    // Pictures of 224×224 in three colours take seconds and gigabytes; they are timed when they are asked for.
    private const int LargePicture = 1 << 16;

    private static IEnumerable<ModelDefinition> SmallPictures => PictureModels.All.Where(m => m.DefaultInput.ElementCount < LargePicture);

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> models = new("MODEL")
        {
            Description = $"Any of {PictureModels.Names}; otherwise {string.Join(", ", SmallPictures.Select(m => m.Name))}",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<Shape?> input = Setting.Sample("--input", "The shape of one sample, such as 3,32,32; each model's own unless given");
        Option<int?> batch = Setting.WholeNumber("--batch-size", "Samples per step; each model's own unless given");
        Option<int?> rounds = Setting.WholeNumber("--rounds", $"How often the clock is read, around many steps each time; {DefaultRounds} unless given");
        Option<DType?> dtype = Setting.Element("--dtype", "float32 or float64; float32 unless given");
        Option<string?> json = Setting.Text("--json", "Write the times to a file, too", "FILE");
        Command command = new("steps", "Time training steps on random samples: forward, loss, backward, update") { models, input, batch, rounds, dtype, json };
        ComputeOptionGroup compute = new(withGraphs: true);
        foreach (Option option in compute)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            ModelDefinition[] chosen = [.. parsed.GetValue(models) is { Length: > 0 } names ? names.Select(PictureModels.Find) : SmallPictures];
            string? report = parsed.GetValue(json) is { } path ? terminal.FullPath(path) : null;
            if (report is not null)
            {
                RunFiles.RequireWritable(report, "--json");
            }

            DType type = parsed.GetValue(dtype) ?? DType.Float32;
            ComputeRequest request = compute.Read(parsed);
            Device device = request.Apply(type);
            string where = $"{request.Describe()}, {type}";
            terminal.Fact("computing", where);
            List<StepTiming> timings = [];
            using (LiveLine line = new(terminal))
            {
                foreach (ModelDefinition model in chosen)
                {
                    line.Show(() => [($"{model.Name} …", Theme.Quiet)]);
                    timings.Add(StepTiming.Measure(
                        model,
                        parsed.GetValue(input) ?? model.DefaultInput,
                        parsed.GetValue(batch) ?? model.DefaultBatchSize,
                        parsed.GetValue(rounds) ?? DefaultRounds,
                        type,
                        device,
                        terminal.Cancellation));
                }
            }

            terminal.Line();
            StepTable.Write(terminal, timings);
            if (report is not null)
            {
                File.WriteAllBytes(report, StepTable.ToJson(where, timings));
                terminal.Fact("saved", terminal.ShortPath(report));
            }

            return ExitCode.Success;
        });
        return command;
    }
}
