using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
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

        // Adam remembers two numbers for each parameter. The largest pair is that of the first layer, ∂L/∂y and ∂L/∂x.
        Assert.That(training, Is.EqualTo(new MemoryPlan(Parameters, Parameters, 2 * Parameters, Inputs, Hidden + Scores, Hidden + Inputs)));
        Assert.That(training.Together, Is.EqualTo((4 * Parameters) + (2 * Inputs) + (2 * Hidden) + Scores));
        Assert.That(
            MemoryPlan.OfInference(network, [Batch, 1, 28, 28]), Is.EqualTo(new MemoryPlan(Parameters, 0, 0, Inputs, 0, Hidden + Scores)));
    }

    [Test]
    public void What_it_is_measured_to_take_is_what_its_layers_make()
    {
        Network network = new MnistMlp().Create([1, 28, 28], 10, new Philox(1));
        Tensor inputs = Tensor.Zeros([Batch, 1, 28, 28]);
        Assert.That(
            MemoryMeasurement.OfInference(network, inputs), Is.EqualTo(new MemoryPlan(Parameters, 0, 0, Inputs, 0, Hidden + Scores)));

        // The scores are not saved by the network. Beside the hidden layer: scores; of the loss probabilities, the loss
        // itself (4 bytes, on a cache line of its own) and ∂L/∂scores; on the way back ∂L/∂x of three layers.
        MemoryPlan measured = MemoryMeasurement.OfTraining(
            network, new SparseCategoricalCrossEntropy(), new Sgd(network, 0.1), inputs, Tensor.Zeros([Batch], DType.Int32));
        Assert.That(measured, Is.EqualTo(new MemoryPlan(Parameters, Parameters, 0, Inputs, Hidden, (3 * Scores) + 64 + (2 * Hidden) + Inputs)));
    }

    // With u the bytes of one 4×8 tensor. Forward at the sum: x, the body's output, and the sum. Backward inside the body:
    // the block's ∂L/∂y, and a layer's ∂L/∂y and ∂L/∂x. Kept are the outputs of the first layer, the body and the sum.
    [Test]
    public void A_residual_block_keeps_its_input_until_the_sum()
    {
        Philox random = new(1);
        Network network = new() { new Dense(8, 8, random), new Residual(new Network { new Dense(8, 8, random), new ReLU() }) };
        const long U = 4 * 4 * 8;
        Assert.That(MemoryPlan.OfInference(network, [4, 8]).Transient, Is.EqualTo(3 * U));
        MemoryPlan training = MemoryPlan.OfTraining(network, new Sgd(network, 0.1), [4, 8]);
        Assert.That(training.Saved, Is.EqualTo(3 * U));
        Assert.That(training.Transient, Is.EqualTo(3 * U));
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
        Assert.That(plan.Saved, Is.EqualTo(8 * 3 * (4 + 4 + 2)));
        Assert.That(MemoryPlan.OfInference(network, [3, 8]).Transient, Is.EqualTo(8 * 3 * (4 + 2)), "dropout does nothing");
    }

    // The others read photographs and take seconds.
    private static IEnumerable<ModelDefinition> Small => ModelCatalog.All.Where(m => m.DefaultInput.ElementCount < 4096);

    [Test]
    public void No_model_takes_less_than_planned([ValueSource(nameof(Small))] ModelDefinition model)
    {
        Network network = model.Create(model.DefaultInput, model.DefaultClasses, new Philox(1));
        Loss loss = model.CreateLoss();
        Optimizer optimizer = model.CreateOptimizer(network, model.DefaultLearningRate);
        Shape batch = model.DefaultInput.Prepend(3);
        Tensor inputs = Tensor.Zeros(batch);
        Tensor targets = loss is SparseCategoricalCrossEntropy ? Tensor.Zeros([3], DType.Int32) : Tensor.Zeros(network.OutputShape(batch));

        MemoryPlan planned = MemoryPlan.OfInference(network, batch), measured = MemoryMeasurement.OfInference(network, inputs);
        Assert.That(measured.Step, Is.GreaterThanOrEqualTo(planned.Step));
        planned = MemoryPlan.OfTraining(network, optimizer, batch);
        measured = MemoryMeasurement.OfTraining(network, loss, optimizer, inputs, targets);
        Assert.That(measured.Step, Is.GreaterThanOrEqualTo(planned.Step));
        Assert.That(measured with { Saved = planned.Saved, Transient = planned.Transient }, Is.EqualTo(planned));
    }
}
