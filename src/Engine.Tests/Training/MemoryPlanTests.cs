using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tests.Networks;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>Memory worked out from shapes, held against arithmetic by hand and against a run.</summary>
public sealed class MemoryPlanTests
{
    private const int Batch = 32;

    // 784-512-10 on 32 samples in float32, where the first layer applies its rectifier itself.
    private const long Parameters = 4 * 407_050, Hidden = 4 * Batch * 512, Scores = 4 * Batch * 10, Inputs = 4 * Batch * 784;

    [Test]
    public void A_perceptron_of_two_layers_needs_what_arithmetic_says()
    {
        Network network = new MnistMlp().Create([1, 28, 28], 10, new Philox(1));
        MemoryPlan training = MemoryPlan.OfTraining(network, new Adam(network), [Batch, 1, 28, 28]);

        // Adam remembers two numbers for each parameter. The hidden layer is saved. The most there is at a time: scores and
        // probabilities, the loss (on a cache line of its own), ∂L/∂scores, ∂L/∂hidden, into which the rectifier's goes and
        // for which the hidden layer itself has made room, and the place for a gradient of the samples that nobody asks for.
        Assert.That(training, Is.EqualTo(new MemoryPlan(Parameters, Parameters, 2 * Parameters, Inputs, Hidden, (3 * Scores) + 64 + Inputs)));
        Assert.That(training.Together, Is.EqualTo((4 * Parameters) + (2 * Inputs) + Hidden + (3 * Scores) + 64));
        Assert.That(
            MemoryPlan.OfInference(network, [Batch, 1, 28, 28]), Is.EqualTo(new MemoryPlan(Parameters, 0, 0, Inputs, 0, Hidden + Scores)));
    }

    // With u the bytes of one 4×8 tensor. Forward at the end of the body: x, and the body's input and output, of which one is
    // x; the sum is written over the body's output, in training not, where that is saved. Kept are the outputs of the first
    // layer and of the body. Backward beside them: the sum, probabilities and ∂L/∂y of the loss, and ∂L/∂x of the rectifier;
    // the loss itself takes a cache line. That of the dense layer comes when the rectifier's output has gone.
    [Test]
    public void A_residual_block_adds_where_its_body_has_left_its_output_if_nobody_needs_that()
    {
        Philox random = new(1);
        Network network = new() { new Dense(8, 8, random), new Residual(new Network { new Dense(8, 8, random), new ReLU() }) };
        const long U = 4 * 4 * 8;
        Assert.That(MemoryPlan.OfInference(network, [4, 8]).Transient, Is.EqualTo(2 * U));
        MemoryPlan training = MemoryPlan.OfTraining(network, new Sgd(network, 0.1), [4, 8]);
        Assert.That(training.Saved, Is.EqualTo(2 * U));
        Assert.That(training.Transient, Is.EqualTo((4 * U) + 64));
        Tensor inputs = Tensor.Zeros([4, 8]);
        Assert.That(MemoryMeasurement.OfTraining(network, new CategoricalCrossEntropy(), new Sgd(network, 0.1), inputs, inputs), Is.EqualTo(training));
    }

    // With u the bytes of a 4×8 tensor: kept are the outputs of both dense layers, and the mean and the variance of 8 numbers
    // each. What the normalization and its rectifier give is worked out again for the second dense layer.
    [Test]
    public void What_can_be_worked_out_again_is_not_saved()
    {
        Philox random = new(1);
        Network network = new() { new Dense(8, 8, random), new BatchNormalization(8), new ReLU(), new Dense(8, 8, random), new Tanh() };
        const long U = 4 * 4 * 8;
        MemoryPlan training = MemoryPlan.OfTraining(network, new Sgd(network, 0.1), [4, 8]);
        Assert.That(training.Saved, Is.EqualTo((2 * U) + (2 * 4 * 8)));
        Tensor inputs = Tensor.Zeros([4, 8]);
        Assert.That(MemoryMeasurement.OfTraining(network, new CategoricalCrossEntropy(), new Sgd(network, 0.1), inputs, inputs), Is.EqualTo(training));
    }

    [Test]
    public void A_network_of_layers_as_they_come_takes_what_was_planned()
    {
        Shape picture = [3, 6, 5];
        for (ulong seed = 0; seed < 200; seed++)
        {
            Philox random = new(seed);
            Network network = RandomNetworks.Chain(random, picture, 1 + random.NextInt(7), depth: 2);
            network.Add(new Flatten());
            Shape batch = picture.Prepend(3);
            Tensor inputs = Tensor.Zeros(batch), targets = Tensor.Zeros([3], DType.Int32);
            Optimizer optimizer = new Sgd(network, 0.1);
            Assert.That(
                MemoryMeasurement.OfTraining(network, new SparseCategoricalCrossEntropy(), optimizer, inputs, targets),
                Is.EqualTo(MemoryPlan.OfTraining(network, optimizer, batch)), $"seed {seed}");
        }
    }

    [Test]
    public void Parameters_that_are_frozen_have_no_gradients_and_larger_types_take_more()
    {
        Network network = new() { new Dense(8, 4, new Philox(1)), new Dropout(0.5), new Dense(4, 2, new Philox(1)) };
        network.NamedParameters()[0].Parameter.Trainable = false;
        network.ConvertTo(DType.Float64);
        MemoryPlan plan = MemoryPlan.OfTraining(network, new Sgd(network, 0.1, momentum: 0.9), [3, 8]);
        Assert.That(plan.Parameters, Is.EqualTo(8 * (36 + 10)));
        Assert.That(plan.Gradients, Is.EqualTo(8 * (4 + 10)));
        Assert.That(plan.Optimizer, Is.EqualTo(plan.Parameters));
        Assert.That(plan.Saved, Is.EqualTo(8 * 3 * (4 + 4)), "the mask, and what it gave");
        Assert.That(MemoryPlan.OfInference(network, [3, 8]).Transient, Is.EqualTo(128 + 64), "dropout does nothing; 96 and 48 bytes in whole cache lines");
    }

    // The others read photographs and take seconds: of them those that can be made small. A neuron is a layer of another kind.
    private static IEnumerable<TestCaseData> Models =>
    [
        .. ModelCatalog.All.Where(m => m.DefaultInput.ElementCount < 4096 && m is not SingleNeuron).Select(m => new TestCaseData(m, m.DefaultInput).SetArgDisplayNames(m.Name)),
        new TestCaseData(new ResNet18(), new Shape(3, 32, 32)).SetArgDisplayNames("resnet18"),
        new TestCaseData(new ResNet50(), new Shape(3, 32, 32)).SetArgDisplayNames("resnet50"),
        new TestCaseData(new GoogLeNet(), new Shape(3, 32, 32)).SetArgDisplayNames("googlenet"),
    ];

    // Planned is what is measured: but for losses that make less than a classification's, as scalar ones do.
    [TestCaseSource(nameof(Models))]
    public void A_model_takes_what_was_planned(ModelDefinition model, Shape input)
    {
        Network network = model.Create(input, model.DefaultClasses, new Philox(1));
        Loss loss = model.CreateLoss();
        Optimizer optimizer = model.CreateOptimizer(network, model.DefaultLearningRate);
        Shape batch = input.Prepend(3);
        Tensor inputs = Tensor.Zeros(batch);
        Tensor targets = loss is SparseCategoricalCrossEntropy ? Tensor.Zeros([3], DType.Int32) : Tensor.Zeros(network.OutputShape(batch));

        Assert.That(MemoryMeasurement.OfInference(network, inputs), Is.EqualTo(MemoryPlan.OfInference(network, batch)));
        MemoryPlan planned = MemoryPlan.OfTraining(network, optimizer, batch), measured = MemoryMeasurement.OfTraining(network, loss, optimizer, inputs, targets);
        Assert.That(measured with { Transient = 0 }, Is.EqualTo(planned with { Transient = 0 }));
        Assert.That(measured.Transient, Is.InRange(planned.Transient - (loss is SparseCategoricalCrossEntropy ? 0 : 128), planned.Transient + (loss is SparseCategoricalCrossEntropy ? 0 : 512)));
    }
}
