using System.Text.Json;
using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Backends;
using Engine.Tests.Data;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>The profiler leaves nothing out, counts nothing twice, and changes nothing.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
public sealed class ProfilerTests(Device device)
{
    private const int Epochs = 2;
    private const int Steps = Epochs * SmallTask.StepsPerEpoch;

    private static readonly string[] LayerNames =
        ["conv2d1", "batchnormalization1", "relu1", "maxpooling2d1", "flatten1", "dropout1", "dense1"];

    [Test]
    public void Every_layer_has_a_span_forward_and_one_backward_in_every_step()
    {
        Profiler profiler = Train().Profiler;
        Assert.That(profiler.Steps, Is.EqualTo(Steps));
        for (int step = 1; step <= Steps; step++)
        {
            IEnumerable<string> Layers(ProfiledWork work) =>
                profiler.Spans.Where(s => s.Step == step && s.Kind == SpanKind.Layer && s.Work == work).Select(s => s.Layer);
            Assert.That(Layers(ProfiledWork.Forward), Is.EqualTo(LayerNames));
            Assert.That(Layers(ProfiledWork.Backward), Is.EqualTo(LayerNames.Reverse()));
            Assert.That(
                profiler.Spans.Where(s => s.Step == step && s.Kind == SpanKind.Part).Select(s => s.Work), Is.EqualTo(Enum.GetValues<ProfiledWork>()));
        }
    }

    [Test]
    public void The_parts_of_a_step_fill_it_and_the_layers_lie_in_their_part_without_overlap()
    {
        foreach (IGrouping<int, ProfiledSpan> step in Train().Profiler.Spans.GroupBy(s => s.Step))
        {
            ProfiledSpan whole = step.Single(s => s.Kind == SpanKind.Step);
            ProfiledSpan[] parts = [.. step.Where(s => s.Kind == SpanKind.Part).OrderBy(s => s.Begin)];
            AssertFill(whole, parts);
            foreach (ProfiledSpan part in parts)
            {
                long end = part.Begin;
                foreach (ProfiledSpan layer in step.Where(s => s.Kind == SpanKind.Layer && s.Work == part.Work).OrderBy(s => s.Begin))
                {
                    Assert.That(layer.Begin, Is.GreaterThanOrEqualTo(end));
                    end = layer.Begin + layer.Duration;
                }

                Assert.That(end, Is.LessThanOrEqualTo(part.Begin + part.Duration));
            }
        }
    }

    [Test]
    public void The_rows_of_one_step_add_up_to_it()
    {
        ProfileReport report = Train(SmallTask.Images(count: SmallTask.BatchSize), epochs: 1).Profiler.Report();
        Assert.That(report.Steps, Is.EqualTo(1));
        Assert.That(report.Milliseconds, Is.EqualTo(report.StepMilliseconds).Within(1e-9 * report.StepMilliseconds));
        Assert.That(report.Rows.Sum(report.Share), Is.EqualTo(1).Within(1e-12));
    }

    // 2 to 4 channels of 6×5 pixels by 3×3 for 8 samples: 8·4·30·2·9 multiply–adds; float32 has 4 bytes.
    [Test]
    public void Operations_and_bytes_are_those_of_the_shapes()
    {
        ProfileReport report = Train().Profiler.Report();
        ProfileRow Row(string layer, ProfiledWork work) => report.Rows.Single(r => r.Layer == layer && r.Work == work);
        const long MultiplyAdds = 8 * 4 * 30 * 2 * 9, X = 4 * 8 * 2 * 30, Y = 4 * 8 * 4 * 30, Theta = 4 * ((4 * 2 * 9) + 4);
        Assert.That(Row("conv2d1", ProfiledWork.Forward).Flops, Is.EqualTo(2 * MultiplyAdds));
        Assert.That(Row("conv2d1", ProfiledWork.Backward).Flops, Is.EqualTo(2 * MultiplyAdds), "of the data nobody wants the gradient");
        Assert.That(Row("dense1", ProfiledWork.Backward).Flops, Is.EqualTo(2 * 2 * 8 * 24 * 3));

        // Forward reads x and θ and writes y; backward reads ∂L/∂y, x and θ, and reads and writes ∂L/∂θ.
        Assert.That(Row("conv2d1", ProfiledWork.Forward).Bytes, Is.EqualTo(X + Theta + Y));
        Assert.That(Row("conv2d1", ProfiledWork.Backward).Bytes, Is.EqualTo(Y + X + Theta + (2 * Theta)));
        Assert.That(Row("relu1", ProfiledWork.Forward).Bytes, Is.EqualTo(2 * Y));
        Assert.That(Row("relu1", ProfiledWork.Backward).Bytes, Is.EqualTo(3 * Y));

        // Four channels of 3×2; the mask is written, and read on the way back. Flatten moves nothing.
        Assert.That(Row("dropout1", ProfiledWork.Forward).Bytes, Is.EqualTo(3 * 4 * 8 * 24));
        Assert.That(Row("flatten1", ProfiledWork.Forward).Bytes, Is.Zero);
        Assert.That(Row("flatten1", ProfiledWork.Backward).Bytes, Is.Zero);
    }

    [Test]
    public void A_profiled_run_ends_with_the_weights_of_one_that_was_not()
    {
        Network profiled = Train().Network, plain = Train(profiles: false).Network;
        Assert.That(SmallTask.Bits(profiled), Is.EqualTo(SmallTask.Bits(plain)));
    }

    [Test]
    public void Time_inside_a_container_belongs_to_the_layers_in_it_under_their_whole_paths()
    {
        Philox random = new(1);
        Network network = new() { new Flatten(), new Residual(new Network { new Dense(60, 60, random), new ReLU() }), new Dense(60, 3, random) };
        network.MoveTo(device);
        Profiler profiler = new(network);
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Sgd(network, 0.01));
        Evaluation measured = trainer.Evaluate(SmallTask.Images(), profiler);
        Assert.That(trainer.Evaluate(SmallTask.Images()).Loss, Is.EqualTo(measured.Loss).Within(1e-5));

        ProfileReport report = profiler.Report();
        Assert.That(
            report.Rows.Where(r => r.Layer.Length > 0).Select(r => r.Layer),
            Is.EqualTo(new[] { "flatten1", "residual1.body.dense1", "residual1.body.relu1", "residual1.body", "residual1", "dense1" }));
        ProfiledSpan Span(string layer) => profiler.Spans.First(s => s.Layer == layer);
        Assert.That(Span("residual1").Duration, Is.GreaterThanOrEqualTo(Span("residual1.body.dense1").Duration + Span("residual1.body.relu1").Duration));
        Assert.That(profiler.Steps, Is.EqualTo(2), "37 samples in batches of 32");
        double ofFirst = profiler.Spans.First(s => s.Kind == SpanKind.Step).Duration;
        Assert.That(profiler.Spans.Where(s => s.Step == 1 && s.Kind == SpanKind.Part).Sum(s => s.Duration), Is.EqualTo(ofFirst));
    }

    [Test]
    public void The_trace_is_an_array_of_complete_events_and_nothing_else_is_left_beside_it()
    {
        Profiler profiler = Train().Profiler;
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "trace.json");
        File.WriteAllText(path, "an older one");
        ChromeTrace.Write(path, profiler);
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement[] events = [.. json.RootElement.EnumerateArray()];
        Assert.That(events, Has.Length.EqualTo(profiler.Spans.Count));
        Assert.That(events.Select(e => e.GetProperty("ph").GetString()), Is.All.EqualTo("X"));
        Assert.That(events.Select(e => e.GetProperty("dur").GetDecimal()), Is.All.GreaterThanOrEqualTo(0));
        Assert.That(events.Select(e => e.GetProperty("ts").GetDecimal()), Is.Ordered);
        Assert.That(
            events.Where(e => e.GetProperty("cat").GetString() == "forward" && e.GetProperty("args").GetProperty("step").GetInt32() == 3)
                .Select(e => e.GetProperty("name").GetString()),
            Is.EqualTo(LayerNames));
        Assert.That(
            events.Sum(e => e.GetProperty("dur").GetDecimal()), Is.EqualTo(profiler.Spans.Sum(s => s.Duration) / 1000m), "microseconds");
    }

    [Test]
    public void A_step_that_was_not_ended_is_forgotten()
    {
        Profiler profiler = new(new Network());
        profiler.BeginStep();
        profiler.Enter(ProfiledWork.Loss);
        profiler.BeginStep();
        profiler.EndStep();
        Assert.That(profiler.Report().Rows.Select(r => r.Work), Is.EqualTo(new[] { ProfiledWork.Data }));
        Assert.That(profiler.Spans.Select(s => s.Step), Is.EqualTo(new[] { 1, 1 }));
        Assert.That(profiler.EndStep, Throws.InvalidOperationException);
    }

    [Test]
    public void Of_many_steps_only_the_first_are_traced_and_all_are_counted()
    {
        Profiler profiler = new(new Network());
        for (int i = 0; i < Profiler.TracedSteps + 7; i++)
        {
            profiler.BeginStep();
            profiler.EndStep();
        }

        Assert.That(profiler.Steps, Is.EqualTo(Profiler.TracedSteps + 7));
        Assert.That(profiler.Spans.Max(s => s.Step), Is.EqualTo(Profiler.TracedSteps));
    }

    private static void AssertFill(ProfiledSpan whole, ProfiledSpan[] parts)
    {
        long end = whole.Begin;
        foreach (ProfiledSpan part in parts)
        {
            Assert.That(part.Begin, Is.EqualTo(end));
            end += part.Duration;
        }

        Assert.That(end, Is.EqualTo(whole.Begin + whole.Duration));
    }

    private (Network Network, Profiler Profiler) Train(Dataset? data = null, int epochs = Epochs, bool profiles = true)
    {
        Network network = SmallTask.Network();
        network.MoveTo(device);
        Profiler profiler = new(network);
        TrainerOptions options = new()
        {
            Epochs = epochs,
            BatchSize = SmallTask.BatchSize,
            Seed = 42,
            Profiler = profiles ? profiler : null,
        };
        new Trainer(network, new SparseCategoricalCrossEntropy(), new Adam(network, 0.01), options).Train(data ?? SmallTask.Images());
        return (network, profiler);
    }
}
