using Engine.Formats;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Schedules;
using Engine.Tests.Data;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>Learning rates that change while a network is trained.</summary>
public sealed class ScheduleTests
{
    private const int Epochs = 3;

    [Test]
    public void A_cosine_begins_at_its_rate_is_halved_half_way_and_falls_towards_zero()
    {
        CosineDecay cosine = new(0.2);
        Assert.That(cosine.Rate(0), Is.EqualTo(0.2));
        Assert.That(cosine.Rate(0.5), Is.EqualTo(0.1).Within(1e-15));
        Assert.That(cosine.Rate(1.0 / 3), Is.EqualTo(0.15).Within(1e-15), "cos(π/3) = ½");
        Assert.That(cosine.Rate(0.999), Is.Positive.And.LessThan(1e-6));
        Assert.That(() => new CosineDecay(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new CosineDecay(double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Every_step_is_taken_at_the_rate_of_its_place_among_all_steps()
    {
        List<double> rates = [];
        Callback observer = new() { StepEnd = (run, _) => rates.Add(run.Optimizer.LearningRate) };
        Train(SmallTask.Network(), null, observer);

        int steps = Epochs * SmallTask.StepsPerEpoch;
        CosineDecay cosine = new(0.01);
        Assert.That(rates, Is.EqualTo(Enumerable.Range(0, steps).Select(s => cosine.Rate((double)s / steps))));
    }

    [Test]
    public void A_scheduled_run_resumed_after_any_step_ends_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        Network straight = SmallTask.Network();
        Train(straight, null, new Callback { StepEnd = (run, _) => run.SaveCheckpoint(folder.File($"{run.StepsTaken}")) });
        for (int step = 1; step <= Epochs * SmallTask.StepsPerEpoch; step++)
        {
            Network resumed = SmallTask.Network();
            Train(resumed, folder.File($"{step}"));
            Assert.That(SmallTask.Bits(resumed), Is.EqualTo(SmallTask.Bits(straight)), $"resumed after step {step}");
        }
    }

    [Test]
    public void A_run_with_another_schedule_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        Train(SmallTask.Network(), null, new Checkpoints(folder.File("c")));
        Assert.That(
            () => SmallTask.Trainer(SmallTask.Network(), Epochs).Train(SmallTask.Images(), null, folder.File("c")),
            Throws.TypeOf<IncompatibleFileException>().With.Message.Contains("schedule"));
    }

    private static void Train(Network network, string? resumeFrom, params TrainingCallback[] callbacks)
    {
        TrainerOptions options = new()
        {
            Epochs = Epochs,
            BatchSize = SmallTask.BatchSize,
            Seed = 42,
            Schedule = new CosineDecay(0.01),
            Callbacks = callbacks,
        };
        new Trainer(network, new SparseCategoricalCrossEntropy(), new Adam(network, 0.01), options)
            .Train(SmallTask.Images(), null, resumeFrom);
    }
}
