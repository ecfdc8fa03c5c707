using Engine.Cli.Rendering;
using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Metrics;
using Engine.Tensors;
using Engine.Training;

namespace Engine.Cli.Commands;

/// <summary>How well a network does on a data set: every answer where the set is tiny, otherwise figures and confusions.</summary>
internal static class Results
{
    private const int Tiny = 12;

    /// <summary>Measures and writes.</summary>
    public static void Write(Terminal terminal, Layer network, Loss loss, Trainer trainer, Dataset data, Profiler? profiler = null)
    {
        Evaluation evaluation = trainer.Evaluate(data, profiler);
        string of = $"{Numbers.Count(evaluation.Samples, "sample")} ({data.Name})";
        terminal.Fact("result", evaluation.Accuracy is { } accuracy
            ? $"{Numbers.Percent(accuracy)} right of {of}, loss {Numbers.Loss(evaluation.Loss)}"
            : $"loss {Numbers.Loss(evaluation.Loss)} over {of}");
        if (data.Count <= Tiny && data.InputShape.ElementCount <= 3)
        {
            terminal.Line();
            WriteAnswers(terminal, network, loss, data);
        }
        else if (evaluation.Confusion is { } confusion)
        {
            WriteConfusions(terminal, confusion, data.ClassNames);
        }
    }

    private static void WriteConfusions(Terminal terminal, ConfusionMatrix confusion, IReadOnlyList<string> classNames)
    {
        if (ConfusionTable.Draw(confusion, classNames, terminal.Width) is { } table)
        {
            terminal.Line();
            terminal.Draw(table);
        }

        IReadOnlyList<string> commonest = ConfusionTable.Commonest(confusion, classNames);
        if (commonest.Count > 0)
        {
            terminal.Line();
            terminal.Line($"Mistaken most often: {string.Join(", ", commonest)}.", Theme.Quiet);
        }
    }

    private static void WriteAnswers(Terminal terminal, Layer network, Loss loss, Dataset data)
    {
        Tensor weight = network.NamedParameters()[0].Parameter.Value;
        (Tensor inputs, Tensor targets) = data.ToTensors(weight.DType);
        Tensor answers = loss.Probabilities(network.Forward(inputs.To(weight.Device), new Pass(Mode.Inference))).To(Device.Cpu);
        int features = data.InputShape.ElementCount;
        string[] names = features == 1 ? ["x"] : [.. Enumerable.Range(1, features).Select(i => $"x{i}")];
        TextTable table = new([.. names.Select(name => $">{name}"), ">answer", data.HasLabels ? "wanted" : ">wanted"]);
        for (int i = 0; i < data.Count; i++)
        {
            int row = i;
            string wanted = data.HasLabels ? $"{data.Label(i)}{Meaning(data, data.Label(i))}" : targets.GetFlat(i).ToString("0.0000");
            table.Add([.. names.Select((_, f) => inputs.GetFlat((row * features) + f).ToString("0.###")), answers.GetFlat(i).ToString("0.0000"), wanted]);
        }

        table.WriteTo(terminal);
    }

    private static string Meaning(Dataset data, int label) => data.ClassNames[label] == $"{label}" ? "" : $", {data.ClassNames[label]}";
}
