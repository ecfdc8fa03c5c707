using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Data;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>Where numbers stop being numbers, training stops and says where they came from.</summary>
public sealed class DivergenceTests
{
    [Test]
    public void A_layer_whose_output_is_not_finite_is_named([Values(0, 3)] int step)
    {
        Saboteur saboteur = new() { Name = "culprit" };
        DivergenceException problem = Divergence(
            new Network { new Flatten(), new Dense(60, 8, new Philox(1)), saboteur, new ReLU(), new Dense(8, 3, new Philox(2)) },
            taken => saboteur.SpoilsForward = taken == step);
        Assert.That(problem.Origin, Is.EqualTo("the output of Saboteur 'culprit'"));
        Assert.That((problem.Epoch, problem.Step), Is.EqualTo((1, step + 1)));
        Assert.That(problem.Message, Is.EqualTo(
            $"Training diverged in epoch 1, step {step + 1}: the first infinite or NaN number is in the output of Saboteur 'culprit'. "
            + "Lower the learning rate (it is 0.01), and check that the inputs are normalized."));
    }

    [Test]
    public void A_layer_whose_gradient_is_not_finite_is_named_although_the_loss_is_finite()
    {
        Saboteur saboteur = new() { Name = "culprit" };
        Network network = new() { new Flatten(), new Dense(60, 8, new Philox(1)), new Network { saboteur }, new Dense(8, 3, new Philox(2)) };
        string before = "";
        DivergenceException problem = Divergence(network, taken =>
        {
            before = SmallTask.Bits(network);
            saboteur.SpoilsBackward = taken == 2;
        });
        Assert.That(problem.Origin, Is.EqualTo("the gradient that Saboteur 'culprit' passes back"));
        Assert.That(SmallTask.Bits(network), Is.EqualTo(before), "the weights have not moved");
    }

    [Test]
    public void A_parameter_that_is_not_finite_is_named()
    {
        Network network = new() { new Flatten(), new Dense(60, 8, new Philox(1)), new Tanh(), new Dense(8, 3, new Philox(2)) };
        DivergenceException problem = Divergence(network, taken =>
        {
            if (taken == 1)
            {
                network.NamedParameters().Single(p => p.Path == "dense2.weight").Parameter.Value.AsSpan<float>()[5] = float.NaN;
            }
        });
        Assert.That(problem.Origin, Is.EqualTo("parameter 'dense2.weight', put there by an earlier step"));
    }

    [Test]
    public void Statistics_spoiled_by_the_diverging_pass_itself_are_not_blamed()
    {
        Saboteur saboteur = new() { Name = "culprit" };
        DivergenceException problem = Divergence(
            new Network { saboteur, new BatchNormalization(2), new Flatten(), new Dense(60, 3, new Philox(2)) },
            taken => saboteur.SpoilsForward = taken == 1);
        Assert.That(problem.Origin, Is.EqualTo("the output of Saboteur 'culprit'"));
    }

    [Test]
    public void Inputs_that_are_not_finite_are_named()
    {
        Tensor x = Tensor.Zeros([4, 2]);
        x.SetFlat(3, double.PositiveInfinity);
        Dataset data = Dataset.OfLabels("bad", x, [0, 1, 0, 1], ["a", "b"]);
        Dense network = new(2, 2, new Philox(1));
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Sgd(network, 0.1));
        Assert.That(() => trainer.Train(data), Throws.TypeOf<DivergenceException>().With.Property("Origin").EqualTo("the inputs of the batch"));
    }

    [Test]
    public void A_loss_that_overflows_is_named()
    {
        // Predictions of 10³⁰ are finite, their squares are not.
        Dataset data = Dataset.OfValues("large", Tensor.From([1e30f], [1, 1]), Tensor.From([0f], [1, 1]));
        Dense network = new(1, 1, new Philox(1));
        network.Weight.Value.AsSpan<float>().Fill(1);
        Trainer trainer = new(network, new MeanSquaredError(), new Sgd(network, 0.1));
        Assert.That(() => trainer.Train(data), Throws.TypeOf<DivergenceException>().With.Property("Origin").EqualTo("the MeanSquaredError loss"));
    }

    [Test]
    public void A_learning_rate_too_large_is_found_out()
    {
        Network network = SmallTask.Network();
        Dataset data = SmallTask.Images();
        Assert.That(
            () => SmallTask.Trainer(network, 50, n => new Sgd(n, 1e30)).Train(data),
            Throws.TypeOf<DivergenceException>().With.Message.Contains("Lower the learning rate (it is 1E+30)"));
    }

    [Test]
    public void The_last_good_checkpoint_stays()
    {
        using TemporaryFolder folder = new();
        Network network = SmallTask.Network();
        byte[] good = [];
        Callback spoil = new()
        {
            StepEnd = (run, _) =>
            {
                if (run.StepsTaken == 7)
                {
                    // After the last checkpoint was written and before the next: as an update that overflows would.
                    good = File.ReadAllBytes(folder.File("c"));
                    network.NamedParameters()[0].Parameter.Value.AsSpan<float>()[0] = float.PositiveInfinity;
                }
            },
        };
        Assert.That(
            () => SmallTask.Trainer(network, 3, null, new Checkpoints(folder.File("c"), everySteps: 1), spoil).Train(SmallTask.Images()),
            Throws.TypeOf<DivergenceException>().With.Property("Origin").EqualTo("parameter 'conv2d1.weight', put there by an earlier step"));
        Assert.That(File.ReadAllBytes(folder.File("c")), Is.EqualTo(good));
        Assert.That(SmallTask.Trainer(SmallTask.Network(), 3).Train(SmallTask.Images(), null, folder.File("c")), Has.Count.EqualTo(3));
    }

    // Trains with a hand on the network before each step, until it diverges.
    private static DivergenceException Divergence(Network network, Action<long> beforeStep)
    {
        Callback hand = new()
        {
            TrainBegin = run => beforeStep(run.StepsTaken),
            StepEnd = (run, _) => beforeStep(run.StepsTaken),
        };
        return Assert.Throws<DivergenceException>(() => SmallTask.Trainer(network, 3, null, hand).Train(SmallTask.Images()))!;
    }

    /// <summary>The identity, but that it puts an infinity where it is told to.</summary>
    private sealed class Saboteur : Layer
    {
        public bool SpoilsForward { get; set; }

        public bool SpoilsBackward { get; set; }

        public override Shape OutputShape(Shape input) => input;

        public override Tensor Forward(Tensor x, Pass pass) => SpoilsForward ? Spoiled(x) : x;

        public override Tensor Backward(Tensor g, Pass pass) => SpoilsBackward ? Spoiled(g) : g;

        private static Tensor Spoiled(Tensor tensor)
        {
            Tensor spoiled = tensor.Clone();
            spoiled.SetFlat(spoiled.ElementCount / 2, double.PositiveInfinity);
            return spoiled;
        }
    }
}
