using System.Text.Json;
using Engine.Data;

namespace Engine.Training;

/// <summary>Writes a profile as a file that chrome://tracing and ui.perfetto.dev open: time to the right, layers under their part of the step.</summary>
/// <remarks>
/// A JSON array of complete events (ph "X"), each with its begin ts and duration dur in microseconds. (Google, "Trace
/// Event Format".)
/// </remarks>
public static class ChromeTrace
{
    private const int Thread = 1;

    /// <summary>Writes the first steps of a profile. An existing file is replaced once the new one is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="profiler">The profile.</param>
    public static void Write(string path, Profiler profiler)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(profiler);
        FileReplacement.Write(path, stream =>
        {
            using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = false });
            json.WriteStartArray();

            // Of events that begin together the longest is the outer one.
            foreach (ProfiledSpan span in profiler.Spans.OrderBy(s => s.Begin).ThenByDescending(s => s.Duration).ThenBy(s => s.Kind))
            {
                Write(json, span);
            }

            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, in ProfiledSpan span)
    {
        json.WriteStartObject();
        json.WriteString("name", NameOf(span));
        json.WriteString("cat", span.Kind == SpanKind.Layer ? $"{span.Work}".ToLowerInvariant() : $"{span.Kind}".ToLowerInvariant());
        json.WriteString("ph", "X");
        json.WriteNumber("ts", span.Begin / 1000m);
        json.WriteNumber("dur", span.Duration / 1000m);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteNumber("tid", Thread);
        json.WriteStartObject("args");
        json.WriteNumber("step", span.Step);
        if (span.Bytes > 0)
        {
            json.WriteNumber("flops", span.Flops);
            json.WriteNumber("bytes", span.Bytes);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string NameOf(in ProfiledSpan span) => span.Kind switch
    {
        SpanKind.Step => $"step {span.Step}",
        SpanKind.Part => $"{span.Work}",
        _ => span.Layer,
    };
}
