using System.Globalization;
using System.Text;
using Engine.Data;

namespace Engine.Training;

/// <summary>Writes a table of the epochs, comma-separated, a row as soon as its epoch is done.</summary>
/// <remarks>
/// The table is a picture of the run's history: a resumed run writes the rows of its checkpoint again and goes on from
/// there, so that no row is there twice, missing, or cut short by a kill.
/// </remarks>
public sealed class CsvLog : TrainingCallback
{
    private const string Header = "epoch,loss,accuracy,val_loss,val_accuracy,samples_per_second,seconds";

    private readonly string path;

    /// <summary>A log.</summary>
    /// <param name="path">The file. An existing one is replaced when training begins.</param>
    public CsvLog(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        this.path = path;
    }

    /// <inheritdoc/>
    public override void OnTrainBegin(TrainingRun run)
    {
        StringBuilder table = new($"{Header}\n");
        foreach (EpochReport report in run.History)
        {
            table.Append(Row(report));
        }

        FileReplacement.Write(path, file => file.Write(Encoding.UTF8.GetBytes(table.ToString())));
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(TrainingRun run, EpochReport report) => File.AppendAllText(path, Row(report));

    // Numbers in full, so that a plot of the file is a plot of the run.
    private static string Row(EpochReport r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Epoch},{r.Loss:R},{r.Accuracy:R},{r.ValidationLoss:R},{r.ValidationAccuracy:R},{r.SamplesPerSecond:F1},{r.Seconds:F3}\n");
}
