using System.Text.Json;
using Engine.Cli.Rendering;

namespace Engine.Cli.Bench;

/// <summary>The times of answers, on the terminal and as JSON.</summary>
internal static class PredictTable
{
    /// <summary>Writes them to the terminal.</summary>
    public static void Write(Terminal terminal, IEnumerable<PredictTiming> timings)
    {
        TextTable table = new("model", ">batch", ">parameters", ">answer", ">middle half", ">samples/s", ">GFLOP/s");
        foreach (PredictTiming timing in timings)
        {
            table.Add(
                timing.Model,
                Numbers.Count(timing.BatchSize),
                Numbers.Count(timing.Parameters),
                Rounds.Show(timing.Time.Median),
                timing.Time.MiddleHalf,
                Numbers.Rate(timing.SamplesPerSecond),
                $"{timing.GigaFlops:#,0.0}");
        }

        table.WriteTo(terminal);
    }

    /// <summary>As JSON: where they were taken, and for each model the median, the quartiles and the rates.</summary>
    /// <param name="where">The device and how it computes.</param>
    /// <param name="timings">The times.</param>
    public static byte[] ToJson(string where, IEnumerable<PredictTiming> timings) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            where,
            models = timings.Select(t => new
            {
                model = t.Model,
                input = t.Input.ToArray(),
                batchSize = t.BatchSize,
                parameters = t.Parameters,
                operations = t.Operations,
                answersPerRound = t.Time.StepsPerRound,
                rounds = t.Time.Microseconds.Count,
                microseconds = t.Time.Median,
                lowerQuartile = t.Time.Quantile(0.25),
                upperQuartile = t.Time.Quantile(0.75),
                samplesPerSecond = t.SamplesPerSecond,
                gigaFlops = t.GigaFlops,
            }),
        },
        Layout);

    private static JsonSerializerOptions Layout { get; } = new() { WriteIndented = true };
}
