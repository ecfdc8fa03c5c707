using System.CommandLine;
using Engine.Cli.Options;
using Engine.Cli.Rendering;
using Engine.Models;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine summary MODEL</c>: what each layer makes of its input, and what that costs.</summary>
internal static class SummaryCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string?> model = new("MODEL") { Description = "A name of 'engine list'", Arity = ArgumentArity.ZeroOrOne };
        Option<Shape?> input = Setting.Sample("--input", "The shape of one sample, such as 3,32,32; otherwise the one the model is made for");
        Option<bool> memory = new("--memory") { Description = "Show also how much memory an answer takes, planned and measured" };
        Option<int?> batch = Setting.WholeNumber("--batch", "With --memory: samples at a time; otherwise the model's own batch size");
        Option<bool> training = new("--training") { Description = "With --memory: that of a training step, too" };
        Command command = new("summary", "Show a model's layers, parameters and multiply-adds") { model, input, memory, batch, training };
        command.SetAction(parsed =>
        {
            bool withMemory = parsed.GetValue(memory), withTraining = parsed.GetValue(training);
            if (!withMemory && (withTraining || parsed.GetValue(batch) is not null))
            {
                throw new MistakeException($"{(withTraining ? "--training" : "--batch")} is about memory. Add --memory, or leave it out.");
            }

            string? name = parsed.GetValue(model);
            if (ModelNames.IsPerceptron(name))
            {
                if (withMemory)
                {
                    throw new MistakeException("The perceptron has no use for --memory: it learns sample by sample and keeps nothing. Leave it out.");
                }

                WritePerceptron(terminal, parsed.GetValue(input));
                return ExitCode.Success;
            }

            ModelDefinition found = ModelNames.Find(name, "summary");
            Shape shape = parsed.GetValue(input) ?? found.DefaultInput;
            Network network = found.Create(shape, found.DefaultClasses, new Philox(0));
            Write(terminal, found, network, shape);
            if (withMemory)
            {
                terminal.Line();
                SummaryMemory.Write(terminal, found, network, shape.Prepend(parsed.GetValue(batch) ?? found.DefaultBatchSize), withTraining);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void WritePerceptron(Terminal terminal, Shape? input)
    {
        int inputs = input?.ElementCount ?? 2;
        terminal.Line($"perceptron: a step of w·x + b, {Numbers.Count(inputs, "weight")} and a bias; no layers to list.");
    }

    private static void Write(Terminal terminal, ModelDefinition model, Network network, Shape shape)
    {
        NetworkSummary summary = new(network, shape);
        terminal.Paragraph($"{model.Name}: {model.Description}", Theme.Strong);
        terminal.Line();
        TextTable table = Table(summary, withKinds: true);
        (table.Width <= terminal.Width ? table : Table(summary, withKinds: false)).WriteTo(terminal);
        terminal.Line();
        terminal.Paragraph(
            $"One sample forward: {Numbers.Count(2 * summary.MultiplyAdds)} floating-point operations. "
            + $"Weights in float32: {Numbers.Bytes(4 * (summary.Parameters + summary.Statistics))}.", Theme.Quiet);
        if (summary.Statistics > 0)
        {
            terminal.Paragraph($"Beside the parameters, batch normalization gathers {Numbers.Count(summary.Statistics, "running statistic")}.", Theme.Quiet);
        }
    }

    private static TextTable Table(NetworkSummary summary, bool withKinds)
    {
        string[] Cells(string name, string kind, string output, string parameters, string multiplyAdds) =>
            withKinds ? [name, kind, output, parameters, multiplyAdds] : [name, output, parameters, multiplyAdds];
        TextTable table = new(Cells("layer", "kind", "output", ">parameters", ">multiply-adds"));
        table.Add(Theme.Quiet, Cells("input", "", Numbers.Of(summary.Input), "", ""));
        foreach (LayerSummary layer in summary.Layers)
        {
            table.Add(Cells(layer.Name, layer.Type, Numbers.Of(layer.Output), Some(layer.Parameters), Some(layer.MultiplyAdds)));
        }

        table.AddRule();
        table.Add(Theme.Strong, Cells("total", "", "", Numbers.Count(summary.Parameters), Numbers.Count(summary.MultiplyAdds)));
        return table;
    }

    private static string Some(long count) => count == 0 ? "–" : Numbers.Count(count);
}
