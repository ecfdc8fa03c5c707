using System.Globalization;
using Engine.Data;
using Engine.Formats;
using Engine.Networks;
using Engine.Tests.Data;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>Callbacks are told what happens, in order; logs and checkpoints hold what they should.</summary>
public sealed class CallbackTests
{
    [Test]
    public void Callbacks_are_told_in_order_and_side_by_side()
    {
        List<string> told = [];
        Callback Teller(string name) => new()
        {
            TrainBegin = run => told.Add($"{name} begin"),
            EpochBegin = run => told.Add($"{name} epoch {run.EpochsDone + 1}"),
            StepEnd = (_, r) => told.Add($"{name} step {r.Epoch}.{r.Step}"),
            EpochEnd = (_, r) => told.Add($"{name} end of {r.Epoch}"),
            TrainEnd = run => told.Add($"{name} end"),
        };
        SmallTask.Trainer(SmallTask.Network(), 2, null, Teller("a"), Teller("b")).Train(SmallTask.Images(count: 13));
        string[] expected =
        [
            "begin", "epoch 1", "step 1.1", "step 1.2", "end of 1", "epoch 2", "step 2.1", "step 2.2", "end of 2", "end",
        ];
        Assert.That(told, Is.EqualTo(expected.SelectMany(e => new[] { $"a {e}", $"b {e}" })));
    }

    [Test]
    public void The_last_step_report_of_an_epoch_agrees_with_the_epochs()
    {
        StepReport last = default;
        List<(double, double?)> ofSteps = [];
        Callback watch = new()
        {
            StepEnd = (_, r) => last = r,
            EpochEnd = (_, r) => ofSteps.Add((last.EpochLoss, last.EpochAccuracy)),
        };
        TrainingHistory history = SmallTask.Trainer(SmallTask.Network(), 3, null, watch).Train(SmallTask.Images());
        Assert.That(ofSteps, Is.EqualTo(history.Select(r => (r.Loss, r.Accuracy))));
        Assert.That((last.Samples, last.Step), Is.EqualTo((SmallTask.Samples % SmallTask.BatchSize, SmallTask.StepsPerEpoch)));
    }

    [Test]
    public void A_run_asked_to_stop_ends_after_the_step_without_a_report_of_its_epoch()
    {
        int steps = 0, ended = 0;
        Callback stop = new()
        {
            StepEnd = (run, _) =>
            {
                steps++;
                if (run.StepsTaken == 7)
                {
                    run.RequestStop();
                }
            },
            TrainEnd = run => ended++,
        };
        TrainingHistory history = SmallTask.Trainer(SmallTask.Network(), 3, null, stop).Train(SmallTask.Images());
        Assert.That((steps, ended, history.Count), Is.EqualTo((7, 1, 1)));
    }

    [Test]
    public void The_csv_log_holds_the_history_to_the_last_digit()
    {
        using TemporaryFolder folder = new();
        TrainingHistory history = SmallTask.Trainer(SmallTask.Network(), 3, null, new CsvLog(folder.File("log.csv")))
            .Train(SmallTask.Images(), SmallTask.Images(seed: 2));
        string[] lines = File.ReadAllLines(folder.File("log.csv"));
        Assert.That(lines[0], Is.EqualTo("epoch,loss,accuracy,val_loss,val_accuracy,samples_per_second,seconds"));
        Assert.That(lines, Has.Length.EqualTo(4));
        foreach ((string line, EpochReport report) in lines.Skip(1).Zip(history))
        {
            double[] fields = [.. line.Split(',').Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
            Assert.That(fields[..5], Is.EqualTo(new[] { report.Epoch, report.Loss, report.Accuracy!.Value, report.ValidationLoss!.Value, report.ValidationAccuracy!.Value }));
            Assert.That(fields[5], Is.EqualTo(report.SamplesPerSecond).Within(0.05));
            Assert.That(fields[6], Is.EqualTo(report.Seconds).Within(0.0005));
        }
    }

    [Test]
    public void The_csv_log_of_a_resumed_run_has_every_epoch_once([Values(3, 5, 8)] int killedAfter)
    {
        using TemporaryFolder folder = new();
        Callback snapshot = new()
        {
            StepEnd = (run, _) =>
            {
                if (run.StepsTaken == killedAfter)
                {
                    run.SaveCheckpoint(folder.File("c"));
                }
            },
        };
        SmallTask.Trainer(SmallTask.Network(), 2, null, snapshot, new CsvLog(folder.File("log.csv"))).Train(SmallTask.Images());

        // As if killed in the middle of a row.
        File.AppendAllText(folder.File("log.csv"), "3,0.12");
        TrainingHistory history = SmallTask.Trainer(SmallTask.Network(), 3, null, new CsvLog(folder.File("log.csv")))
            .Train(SmallTask.Images(), null, folder.File("c"));
        string[][] rows = [.. File.ReadAllLines(folder.File("log.csv")).Skip(1).Select(l => l.Split(','))];
        Assert.That(rows.Select(r => r[0]), Is.EqualTo(new[] { "1", "2", "3" }));
        Assert.That(rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture)), Is.EqualTo(history.Select(r => r.Loss)));
        Assert.That(rows.Select(r => r[3]), Is.All.Empty, "no validation data, no validation loss");
    }

    [Test]
    public void The_best_weights_are_those_of_the_epoch_with_the_lowest_validation_loss()
    {
        using TemporaryFolder folder = new();
        List<string> bits = [];
        Callback remember = new() { EpochEnd = (run, _) => bits.Add(SmallTask.Bits(run.Network)) };

        // Validation labels have nothing to do with the images: learning makes it worse sooner or later.
        Dataset training = SmallTask.Images(), validation = SmallTask.Images(seed: 3, count: 20);
        Network network = SmallTask.Network();
        TrainingHistory history = SmallTask.Trainer(network, 12, null, remember, new BestCheckpoint(folder.File("best"))).Train(training, validation);
        int best = history.Index().MinBy(r => r.Item.ValidationLoss).Index;
        Network loaded = SmallTask.Network(seed: 5);
        WeightsFile.Load(folder.File("best"), loaded);
        Assert.That(SmallTask.Bits(loaded), Is.EqualTo(bits[best]), $"epoch {best + 1} of {history.Count}");
    }

    [Test]
    public void The_best_of_before_an_interruption_is_not_forgotten()
    {
        using TemporaryFolder folder = new();
        Checkpoints checkpoints = new(folder.File("c"));
        BestCheckpoint best = new(folder.File("best"));
        SmallTask.Trainer(SmallTask.Network(), 6, null, checkpoints, best).Train(SmallTask.Images(), SmallTask.Images(seed: 2));
        byte[] before = File.ReadAllBytes(folder.File("best"));

        // A run that only gets worse from here on: the labels stay, the weights are torn apart.
        Callback spoil = new()
        {
            StepEnd = (run, _) =>
            {
                foreach (var (_, parameter) in run.Network.NamedParameters())
                {
                    parameter.Value.AsSpan<float>().Fill(1);
                }
            },
        };
        SmallTask.Trainer(SmallTask.Network(), 7, null, best, spoil).Train(SmallTask.Images(), SmallTask.Images(seed: 2), folder.File("c"));
        Assert.That(File.ReadAllBytes(folder.File("best")), Is.EqualTo(before));
    }

    [Test]
    public void The_best_weights_need_validation_data()
    {
        using TemporaryFolder folder = new();
        Trainer trainer = SmallTask.Trainer(SmallTask.Network(), 1, null, new BestCheckpoint(folder.File("best")));
        Assert.That(() => trainer.Train(SmallTask.Images()), Throws.ArgumentException.With.Message.Contains("validation data"));
    }

    [Test]
    public void Checkpoints_are_kept_every_few_steps_at_the_end_of_epochs_and_at_the_end()
    {
        using TemporaryFolder folder = new();
        List<long> saved = [];
        Callback watch = new()
        {
            StepEnd = (run, _) => Look(run),
            EpochBegin = Look,
        };
        void Look(TrainingRun run)
        {
            if (File.Exists(folder.File("c")))
            {
                saved.Add(run.StepsTaken);
                File.Delete(folder.File("c"));
            }
        }

        // Checkpoints are told last, so a file made after step n is seen after the step that follows.
        Callback stop = new()
        {
            StepEnd = (run, _) =>
            {
                if (run.StepsTaken == 14)
                {
                    run.RequestStop();
                }
            },
        };
        SmallTask.Trainer(SmallTask.Network(), 3, null, new Checkpoints(folder.File("c"), everySteps: 3), watch, stop).Train(SmallTask.Images());
        Assert.That(saved, Is.EqualTo(new[] { 3 + 1, 5, 6 + 1, 9 + 1, 10, 12 + 1 }));
        Assert.That(File.Exists(folder.File("c")), "the one at the end");
    }

    [Test]
    public void What_a_killed_run_left_half_written_is_removed()
    {
        using TemporaryFolder folder = new();
        folder.Write("c.0123.tmp", [1]);
        folder.Write("other.0123.tmp", [1]);
        SmallTask.Trainer(SmallTask.Network(), 1, null, new Checkpoints(folder.File("c"))).Train(SmallTask.Images());
        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.EquivalentTo(new[] { "c", "other.0123.tmp" }));
    }
}
