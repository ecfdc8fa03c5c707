using System.Text.Json;
using Engine.Cli.Rendering;

namespace Engine.Cli.Bench;

/// <summary>The times of training steps, on the terminal and as JSON.</summary>
internal static class StepTable
{
    /// <summary>Writes them to the terminal.</summary>
    public static void Write(Terminal terminal, IEnumerable<StepTiming> timings)
    {
        TextTable table = new("model", ">batch", ">parameters", ">step", ">middle half", ">samples/s", ">loss");
        foreach (StepTiming timing in timings)
        {
            table.Add(
                timing.Model,
                Numbers.Count(timing.BatchSize),
                Numbers.Count(timing.Parameters),
                Rounds.Show(timing.Time.Median),
                timing.Time.MiddleHalf,
                Numbers.Rate(timing.SamplesPerSecond),
                Numbers.Loss(timing.Loss));
        }

        table.WriteTo(terminal);
    }

    /// <summary>As JSON: where they were taken, and for each model the median, the quartiles and the rate.</summary>
    /// <param name="where">The device and how it computes.</param>
    /// <param name="timings">The times.</param>
    public static byte[] ToJson(string where, IEnumerable<StepTiming> timings) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            where,
            models = timings.Select(t => new
            {
                model = t.Model,
                input = t.Input.ToArray(),
                batchSize = t.BatchSize,
                parameters = t.Parameters,
                stepsPerRound = t.Time.StepsPerRound,
                rounds = t.Time.Microseconds.Count,
                microseconds = t.Time.Median,
                lowerQuartile = t.Time.Quantile(0.25),
                upperQuartile = t.Time.Quantile(0.75),
                samplesPerSecond = t.SamplesPerSecond,
                loss = t.Loss,
            }),
        },
        Layout);

    private static JsonSerializerOptions Layout { get; } = new() { WriteIndented = true };
}
