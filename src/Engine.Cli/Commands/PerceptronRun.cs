using Engine.Cli.Rendering;
using Engine.Data;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary>
/// Trains the perceptron: epoch after epoch through the samples in their order, until one passes without a mistake.
/// </summary>
/// <remarks>
/// Each epoch is a function of the weights before it, so weights that come back will come back for ever: then no line
/// separates the classes, for if one did, the mistakes would have ended (Novikoff, 1962).
/// </remarks>
internal static class PerceptronRun
{
    /// <summary>The data set it learns unless told otherwise.</summary>
    public const string DefaultDataset = "and";

    private const int DefaultEpochs = 100;

    /// <summary>Runs it.</summary>
    /// <param name="terminal">Where to write.</param>
    /// <param name="data">The samples, of two classes.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="epochs">How many epochs at most; null for 100.</param>
    /// <param name="learningRate">η; null for 1.</param>
    /// <returns>Success when it made no more mistakes, otherwise failure.</returns>
    public static int Run(Terminal terminal, Dataset data, string source, int? epochs, double? learningRate)
    {
        if (data.ClassCount != 2)
        {
            throw new MistakeException(
                $"A perceptron tells two classes apart, data set '{data.Name}' has {data.ClassCount}. Use and, or, xor, blobs or athletes.");
        }

        (Tensor inputs, Tensor targets) = data.ToTensors(DType.Float64);
        Perceptron perceptron = new(data.InputShape.ElementCount, learningRate ?? 1);
        terminal.Fact("model", "perceptron: 1 where w·x + b > 0, else 0; w and b begin at 0");
        terminal.Fact("rule", $"after a mistake w := w + η·(t − y)·x, b := b + η·(t − y), with η = {perceptron.LearningRate}");
        terminal.Fact("data", $"{source}; {Numbers.Count(data.Count, "sample")}");
        terminal.Line();

        int most = epochs ?? DefaultEpochs;
        (int Mistakes, int Epoch, int? Before) end = Learn(terminal, perceptron, inputs, targets, most);
        terminal.Line();
        terminal.Paragraph(Verdict(data.Name, end.Mistakes, end.Epoch, end.Before), end.Mistakes == 0 ? Theme.Good : Theme.Bad);
        return end.Mistakes == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static (int Mistakes, int Epoch, int? Before) Learn(
        Terminal terminal, Perceptron perceptron, Tensor inputs, Tensor targets, int epochs)
    {
        int n = perceptron.Weights.Length;
        const int Cell = 9;
        bool showsWeights = 20 + ((n + 1) * Cell) <= terminal.Width;
        IEnumerable<string> names = Enumerable.Range(1, n).Select(i => n == 1 ? "w" : $"w{i}").Append("b");
        terminal.Line($"epoch  mistakes{(showsWeights ? string.Concat(names.Select(name => name.PadLeft(Cell))) : "")}", Theme.Quiet);

        Dictionary<string, int> seen = new() { [State(perceptron)] = 0 };
        RowsShown rows = new(epochs);
        int mistakes = 0, epoch = 0;
        int? before = null;
        while (epoch < epochs && before is null)
        {
            terminal.Cancellation.ThrowIfCancellationRequested();
            mistakes = perceptron.LearnEpoch(inputs, targets);
            epoch++;
            if (mistakes > 0 && !seen.TryAdd(State(perceptron), epoch))
            {
                before = seen[State(perceptron)];
            }

            if (rows.Shows(epoch) || mistakes == 0 || before is not null)
            {
                string weights = string.Concat(perceptron.Weights.ToArray().Append(perceptron.Bias).Select(w => w.ToString("0.###").PadLeft(Cell)));
                terminal.Line($"{epoch,5}  {mistakes,8}{(showsWeights ? weights : "")}");
            }

            if (mistakes == 0)
            {
                break;
            }
        }

        return (mistakes, epoch, before);
    }

    private static string Verdict(string name, int mistakes, int epoch, int? before) => (mistakes, before) switch
    {
        (0, _) => $"Learned: epoch {epoch} passed without a mistake.",
        (_, int earlier) => $"'{name}' is not linearly separable. After epoch {epoch} the weights are "
            + $"{(earlier == 0 ? "those it began with" : $"again those after epoch {earlier}")}, so the mistakes never end.",
        _ => $"Not learned: still {Numbers.Count(mistakes, "mistake")} in epoch {epoch}. Either no line separates the classes "
            + "of this data, or more --epochs are needed.",
    };

    // Every bit of the weights.
    private static string State(Perceptron perceptron) => string.Join(
        ' ', perceptron.Weights.ToArray().Append(perceptron.Bias).Select(BitConverter.DoubleToInt64Bits));
}
