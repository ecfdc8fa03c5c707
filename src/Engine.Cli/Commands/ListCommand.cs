using System.CommandLine;
using Engine.Cli.Rendering;
using Engine.Data;
using Engine.Models;

namespace Engine.Cli.Commands;

/// <summary><c>engine list</c>: the models and the data sets.</summary>
internal static class ListCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Command command = new("list", "List the models and the data sets");
        command.SetAction(_ =>
        {
            Write(terminal);
            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Terminal terminal)
    {
        TextTable models = new("model", "data", "what it is");
        models.Add(ModelNames.Perceptron, PerceptronRun.DefaultDataset, ModelNames.PerceptronDescription);
        foreach (ModelDefinition model in ModelCatalog.All)
        {
            models.Add(model.Name, model.DefaultDataset, model.Description);
        }

        models.WriteTo(terminal);
        terminal.Line();
        WriteDatasets(terminal);
        terminal.Line();
        terminal.Next("Train one:", "engine train perceptron");
    }

    /// <summary>The table of data sets.</summary>
    public static void WriteDatasets(Terminal terminal)
    {
        TextTable sets = new("data set", "input", "what it holds");
        foreach (DataCatalogEntry entry in DataCatalog.Entries)
        {
            sets.Add(entry.Name, Numbers.Of(entry.InputShape), entry.Description);
        }

        sets.WriteTo(terminal);
    }
}
