using System.CommandLine;
using Engine.Cli.Rendering;
using Engine.Data;

namespace Engine.Cli.Commands;

/// <summary><c>engine data list</c> and <c>engine data get NAME</c>: what data there is, and fetching it ahead of time.</summary>
internal static class DataCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        Command list = new("list", "List the data sets and where they are");
        list.SetAction(_ =>
        {
            List(terminal);
            return ExitCode.Success;
        });

        Argument<string?> name = new("NAME") { Description = "A name of 'engine data list'", Arity = ArgumentArity.ZeroOrOne };
        Command get = new("get", "Fetch a data set, so that training need not") { name };
        get.SetAction(parsed =>
        {
            Get(terminal, parsed.GetValue(name)
                ?? throw new MistakeException("'engine data get' needs a data set. For example: engine data get mnist"));
            return ExitCode.Success;
        });
        return new Command("data", "List data sets, or fetch one") { list, get };
    }

    private static void List(Terminal terminal)
    {
        ListCommand.WriteDatasets(terminal);
        terminal.Line();
        DataLocator locator = new(new DataOptions { AllowDownload = false });
        foreach (DataFileSet set in (ReadOnlySpan<DataFileSet>)[DataFileSet.Mnist])
        {
            try
            {
                terminal.Fact(set.Name, $"is here: {locator.LocateAsync(set, terminal.Cancellation).GetAwaiter().GetResult().Description}");
            }
            catch (DataNotFoundException)
            {
                terminal.Fact(
                    set.Name,
                    $"is not here; 'engine data get {set.Name}' downloads {Numbers.Bytes(set.Files.Sum(f => f.Bytes))} into "
                    + $"{Path.Combine(locator.CacheFolder, set.Name)}. If you have the files, name their folder with --data or in {DataLocator.EnvironmentVariable}.");
            }
        }

        terminal.Fact("others", "are built in or generated; nothing to download");
    }

    private static void Get(Terminal terminal, string name)
    {
        DataSplits splits = DataLoading.Load(terminal, DataLoading.Find(name), new DataOptions());
        terminal.Fact("to learn", $"{Numbers.Count(splits.Train.Count, "sample")} of {Numbers.Of(splits.Train.InputShape)}");
        terminal.Fact("to test", $"{Numbers.Count(splits.Test.Count, "sample")} of {Numbers.Of(splits.Test.InputShape)}");
        terminal.Fact("source", splits.Source);
    }
}
