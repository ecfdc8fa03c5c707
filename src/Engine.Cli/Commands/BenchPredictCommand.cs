using System.CommandLine;
using Engine.Cli.Bench;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine bench predict [MODEL…]</c>: how long an answer takes.</summary>
internal static class BenchPredictCommand
{
    private const int DefaultRounds = 15;

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> models = new("MODEL")
        {
            Description = $"Any of {PictureModels.Names}; otherwise all",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<Shape?> input = Setting.Sample("--input", "The shape of one sample, such as 3,32,32; each model's own unless given");
        Option<int?> batch = Setting.WholeNumber("--batch-size", "Samples per answer; 1 unless given");
        Option<int?> rounds = Setting.WholeNumber("--rounds", $"How often the clock is read, around many answers each time; {DefaultRounds} unless given");
        Option<DType?> dtype = Setting.Element("--dtype", "float32 or float64; float32 unless given");
        Option<string?> json = Setting.Text("--json", "Write the times to a file, too", "FILE");
        Command command = new("predict", "Time answers to random samples") { models, input, batch, rounds, dtype, json };
        ComputeOptionGroup compute = new();
        foreach (Option option in compute)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            ModelDefinition[] chosen = [.. parsed.GetValue(models) is { Length: > 0 } names ? names.Select(PictureModels.Find) : PictureModels.All];
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
            List<PredictTiming> timings = [];
            using (LiveLine line = new(terminal))
            {
                foreach (ModelDefinition model in chosen)
                {
                    line.Show(() => [($"{model.Name} …", Theme.Quiet)]);
                    timings.Add(PredictTiming.Measure(
                        model,
                        parsed.GetValue(input) ?? model.DefaultInput,
                        parsed.GetValue(batch) ?? 1,
                        parsed.GetValue(rounds) ?? DefaultRounds,
                        type,
                        device,
                        terminal.Cancellation));
                }
            }

            terminal.Line();
            PredictTable.Write(terminal, timings);
            if (report is not null)
            {
                File.WriteAllBytes(report, PredictTable.ToJson(where, timings));
                terminal.Fact("saved", terminal.ShortPath(report));
            }

            return ExitCode.Success;
        });
        return command;
    }
}
