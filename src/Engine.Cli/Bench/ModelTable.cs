using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Cli.Rendering;

namespace Engine.Cli.Bench;

/// <summary>The times of models, on the terminal and as JSON.</summary>
internal static class ModelTable
{
    /// <summary>Writes them to the terminal.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="batch">What a batch is there for: a step, an answer.</param>
    /// <param name="remark">What <see cref="ModelTiming.Remark"/> says.</param>
    /// <param name="timings">The times.</param>
    public static void Write(Terminal terminal, string batch, string remark, IEnumerable<ModelTiming> timings)
    {
        TextTable table = new("model", ">batch", ">parameters", $">{batch}", ">middle half", ">samples/s", $">{remark}");
        foreach (ModelTiming timing in timings)
        {
            table.Add(
                timing.Model,
                Numbers.Count(timing.BatchSize),
                Numbers.Count(timing.Parameters),
                Rounds.Show(timing.Time.Median),
                timing.Time.MiddleHalf,
                Numbers.Rate(timing.SamplesPerSecond),
                timing.Remark);
        }

        table.WriteTo(terminal);
    }

    /// <summary>As JSON: where they were taken, and the times of each model.</summary>
    /// <param name="where">The device and how it computes.</param>
    /// <param name="timings">The times.</param>
    public static byte[] ToJson(string where, IEnumerable<ModelTiming> timings) => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject { ["where"] = where, ["models"] = new JsonArray([.. timings.Select(timing => timing.ToJson())]) },
        Layout);

    private static JsonSerializerOptions Layout { get; } = new() { WriteIndented = true };
}
