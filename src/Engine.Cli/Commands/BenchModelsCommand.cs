using System.CommandLine;
using Engine.Cli.Bench;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Models;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>What the commands that time whole models have in common: which models, on what samples, how often, told where.</summary>
/// <param name="name">The command's name.</param>
/// <param name="description">What it does, in a line.</param>
internal abstract class BenchModelsCommand(string name, string description)
{
    private const int DefaultRounds = 15;

    /// <summary>What a batch is there for: a step, an answer.</summary>
    protected abstract string Batch { get; }

    /// <summary>What <see cref="ModelTiming.Remark"/> says.</summary>
    protected abstract string Remark { get; }

    /// <summary>The models that are timed when none is named.</summary>
    protected abstract IEnumerable<ModelDefinition> Usual { get; }

    /// <summary>Whether a device of its own may take the work as a graph.</summary>
    protected virtual bool WithGraphs => false;

    /// <summary>Samples at a time unless asked for others, in words.</summary>
    protected abstract string UsualBatchSize { get; }

    /// <summary>The command.</summary>
    public Command Create(Terminal terminal)
    {
        Argument<string[]> models = new("MODEL")
        {
            Description = $"Any of {PictureModels.Names}; otherwise {string.Join(", ", Usual.Select(m => m.Name))}",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<Shape?> input = Setting.Sample("--input", "The shape of one sample, such as 3,32,32; each model's own unless given");
        Option<int?> batch = Setting.WholeNumber("--batch-size", $"Samples per {Batch}; {UsualBatchSize} unless given");
        Option<int?> rounds = Setting.WholeNumber("--rounds", $"How often the clock is read, around many {Batch}s each time; {DefaultRounds} unless given");
        Option<DType?> dtype = Setting.Element("--dtype", "float32 or float64; float32 unless given");
        Option<string?> json = Setting.Text("--json", "Write the times to a file, too", "FILE");
        Command command = new(name, description) { models, input, batch, rounds, dtype, json };
        ComputeOptionGroup compute = new(WithGraphs);
        foreach (Option option in compute)
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            ModelDefinition[] chosen = [.. parsed.GetValue(models) is { Length: > 0 } names ? names.Select(PictureModels.Find) : Usual];
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
            List<ModelTiming> timings = [];
            using (LiveLine line = new(terminal))
            {
                foreach (ModelDefinition model in chosen)
                {
                    line.Show(() => [($"{model.Name} …", Theme.Quiet)]);
                    timings.Add(Measure(
                        model,
                        parsed.GetValue(input) ?? model.DefaultInput,
                        parsed.GetValue(batch),
                        parsed.GetValue(rounds) ?? DefaultRounds,
                        type,
                        device,
                        terminal.Cancellation));
                }
            }

            terminal.Line();
            ModelTable.Write(terminal, Batch, Remark, timings);
            if (report is not null)
            {
                File.WriteAllBytes(report, ModelTable.ToJson(where, timings));
                terminal.Fact("saved", terminal.ShortPath(report));
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Times a model.</summary>
    protected abstract ModelTiming Measure(
        ModelDefinition model, Shape input, int? batchSize, int rounds, DType dtype, Device device, CancellationToken cancellation);
}
