using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Metrics;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>What training does: it learns, it counts rightly, and it does the same each time.</summary>
public sealed class TrainerTests
{
    [Test]
    public void A_network_large_enough_learns_a_few_samples_by_heart([Values(DType.Float32, DType.Float64)] DType dtype)
    {
        // Random labels: there is nothing to generalize, only to remember.
        Philox random = new(3);
        Dataset data = Dataset.OfLabels("random", Noise([16, 8], random), [.. Enumerable.Range(0, 16).Select(_ => random.NextInt(4))], ["a", "b", "c", "d"]);
        Network network = new() { new Dense(8, 64, random), new ReLU(), new Dense(64, 4, random) };
        network.ConvertTo(dtype);
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(network, 0.01), new TrainerOptions { Epochs = 200, BatchSize = 16 });
        TrainingHistory history = trainer.Train(data);
        Assert.That(history[0].Loss, Is.GreaterThan(1));
        Assert.That(history[^1].Loss, Is.LessThan(0.01));
        Assert.That(history[^1].Accuracy, Is.EqualTo(1));
        Assert.That(trainer.Evaluate(data).Accuracy, Is.EqualTo(1));
    }

    [Test]
    public void A_line_is_fitted_by_regression_without_an_accuracy()
    {
        Tensor x = Noise([32, 2], new Philox(4)), y = new([32, 1]);
        for (int i = 0; i < 32; i++)
        {
            y.SetFlat(i, (3 * x.GetFlat(2 * i)) - (2 * x.GetFlat((2 * i) + 1)) + 0.5);
        }

        Dataset data = Dataset.OfValues("plane", x, y);
        Dense network = new(2, 1, new Philox(1));
        Trainer trainer = new(network, new MeanSquaredError(), new Sgd(network, 0.1), new TrainerOptions { Epochs = 100, BatchSize = 8 });
        TrainingHistory history = trainer.Train(data, validation: data);
        Assert.That(network.Weight.Value.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3f, -2f }).Within(1e-4));
        Assert.That(network.Bias!.Value.Item(), Is.EqualTo(0.5).Within(1e-4));
        Assert.That(history[^1].ValidationLoss, Is.LessThan(1e-7));
        Assert.That((history[^1].Accuracy, history[^1].ValidationAccuracy), Is.EqualTo(((double?)null, (double?)null)));
        Assert.That(trainer.Evaluate(data).Confusion, Is.Null);
    }

    [TestCase(typeof(SparseCategoricalCrossEntropy), 2)]
    [TestCase(typeof(CategoricalCrossEntropy), 2)]
    [TestCase(typeof(BinaryCrossEntropy), 1)]
    [TestCase(typeof(BinaryCrossEntropy), 2)]
    [TestCase(typeof(MeanSquaredError), 1)]
    [TestCase(typeof(MeanSquaredError), 2)]
    public void Labels_take_the_form_that_the_loss_works_on(Type loss, int outputs)
    {
        // Separable by the sign of the first feature.
        Tensor x = Noise([40, 2], new Philox(5));
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => x.GetFlat(2 * i) > 0 ? 1 : 0)];
        Dataset data = Dataset.OfLabels("halves", x, labels, ["left", "right"]);
        Network network = new() { new Dense(2, 16, new Philox(1)), new Tanh(), new Dense(16, outputs, new Philox(2)) };
        Trainer trainer = new(network, (Loss)Activator.CreateInstance(loss)!, new Adam(network, 0.02), new TrainerOptions { Epochs = 100, BatchSize = 16 });
        trainer.Train(data);
        Assert.That(trainer.Evaluate(data).Accuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public void The_loss_of_an_epoch_is_the_mean_over_samples_not_over_batches()
    {
        // A learning rate too small to move anything: every batch is measured with the same weights.
        Dataset data = SmallTask.Images();
        Network network = new() { new Flatten(), new Dense(60, 3, new Philox(1)) };
        network.ConvertTo(DType.Float64);
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Sgd(network, 1e-300), new TrainerOptions { Epochs = 1, BatchSize = 8 });
        EpochReport report = trainer.Train(data)[0];
        (Tensor x, Tensor labels) = data.ToTensors(DType.Float64);
        Tensor scores = network.Predict(x);
        double loss = new SparseCategoricalCrossEntropy().Forward(scores, labels, new Pass(Mode.Inference)).Item();
        Evaluation evaluation = trainer.Evaluate(data);
        Assert.That(report.Loss, Is.EqualTo(loss).Within(1e-12));
        Assert.That(evaluation.Loss, Is.EqualTo(loss).Within(1e-12));
        Assert.That(report.Accuracy, Is.EqualTo(Accuracy.Of(scores, labels)));
        Assert.That(evaluation.Accuracy, Is.EqualTo(Accuracy.Of(scores, labels)));
        Assert.That(evaluation.Confusion!.Total, Is.EqualTo(data.Count));
    }

    [Test]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        string first = BitsAfter(seed: 1), again = BitsAfter(seed: 1), other = BitsAfter(seed: 2);
        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));

        static string BitsAfter(ulong seed)
        {
            Network network = SmallTask.Network();
            new Trainer(network, new SparseCategoricalCrossEntropy(), new Adam(network), new TrainerOptions { Epochs = 1, BatchSize = 8, Seed = seed }).Train(SmallTask.Images());
            return SmallTask.Bits(network);
        }
    }

    [Test]
    public void Each_step_drops_other_units()
    {
        List<string> masks = [];
        Network network = new() { new Flatten(), new Dropout(0.5), new Probe(masks), new Dense(60, 3, new Philox(1)) };
        Dataset data = Dataset.OfLabels("ones", Ones([8, 60]), new int[8], ["a", "b", "c"]);
        new Trainer(network, new SparseCategoricalCrossEntropy(), new Sgd(network, 0.1), new TrainerOptions { Epochs = 3, BatchSize = 4 }).Train(data);
        Assert.That(masks, Has.Count.EqualTo(6));
        Assert.That(masks, Is.Unique);
    }

    [Test]
    public void Frozen_layers_keep_their_bits_while_the_others_learn()
    {
        Network network = SmallTask.Network();
        List<(string Path, string Before)> parameters = [.. network.NamedParameters().Select(p => (p.Path, Convert.ToHexString(p.Parameter.Value.Bytes)))];
        foreach (Parameter parameter in network.Children[0].Parameters)
        {
            parameter.Trainable = false;
        }

        SmallTask.Trainer(network, 1).Train(SmallTask.Images());
        foreach (((string path, string before), (_, Parameter parameter)) in parameters.Zip(network.NamedParameters()))
        {
            string after = Convert.ToHexString(parameter.Value.Bytes);
            Assert.That(after == before, Is.EqualTo(path.StartsWith("conv2d1", StringComparison.Ordinal)), path);
        }
    }

    [Test]
    public void Evaluation_changes_nothing()
    {
        Network network = SmallTask.Network();
        string before = SmallTask.Bits(network);
        Trainer trainer = SmallTask.Trainer(network);
        Evaluation first = trainer.Evaluate(SmallTask.Images()), second = trainer.Evaluate(SmallTask.Images());
        Assert.That(SmallTask.Bits(network), Is.EqualTo(before));
        Assert.That(second.Loss, Is.EqualTo(first.Loss));
    }

    [Test]
    public void Too_few_outputs_for_the_classes_are_refused_before_training()
    {
        Network network = new() { new Flatten(), new Dense(60, 2, new Philox(1)) };
        Assert.That(
            () => SmallTask.Trainer(network).Train(SmallTask.Images()),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Data set 'noise' has 3 classes, the network 2 outputs; it needs one per class."));
    }

    [Test]
    public void Validation_data_of_another_size_are_refused_before_training()
    {
        Network network = new() { new Dense(2, 2, new Philox(1)) };
        Dataset training = Dataset.OfLabels("a", Ones([4, 2]), [0, 1, 0, 1], ["a", "b"]), validation = Dataset.OfLabels("b", Ones([4, 3]), [0, 1, 0, 1], ["a", "b"]);
        int steps = 0;
        Callback count = new() { StepEnd = (_, _) => steps++ };
        Assert.That(() => SmallTask.Trainer(network, 1, null, count).Train(training, validation), Throws.TypeOf<ShapeException>().With.Message.Contains("Dense 'dense1'"));
        Assert.That(steps, Is.Zero);
    }

    [Test]
    public void Options_out_of_range_are_refused()
    {
        Network network = SmallTask.Network();
        Adam adam = new(network);
        Assert.That(() => new Trainer(network, new MeanSquaredError(), adam, new TrainerOptions { Epochs = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Trainer(network, new MeanSquaredError(), adam, new TrainerOptions { BatchSize = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static Tensor Ones(Shape shape)
    {
        Tensor tensor = new(shape);
        tensor.AsSpan<float>().Fill(1);
        return tensor;
    }

    private static Tensor Noise(Shape shape, Philox random)
    {
        Tensor tensor = new(shape);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)random.NextNormal();
        }

        return tensor;
    }

    // The identity, which writes down what passes through it.
    private sealed class Probe(List<string> seen) : Layer
    {
        public override Shape OutputShape(Shape input) => input;

        public override Tensor Forward(Tensor x, Pass pass)
        {
            seen.Add(Convert.ToHexString(x.Bytes));
            return x;
        }

        public override Tensor Backward(Tensor g, Pass pass) => g;
    }
}
