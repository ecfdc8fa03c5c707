using BenchmarkDotNet.Attributes;
using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

namespace Engine.Benchmarks;

/// <summary>A whole training step: forward, loss, backward, update.</summary>
public class TrainingStepBenchmarks
{
    private ModelDefinition model = null!;
    private Network network = null!;
    private Loss loss = null!;
    private Optimizer optimizer = null!;
    private Tensor x = null!;
    private Tensor labels = null!;
    private ulong step;

    /// <summary>A system of the decks.</summary>
    [Params("mnist-mlp", "lenet5", "shallow-vgg")]
    public string Model { get; set; } = "";

    /// <summary>Makes the network and a random batch of the size it is trained with.</summary>
    [GlobalSetup]
    public void Setup()
    {
        model = ModelCatalog.Find(Model)!;
        Philox random = new(1);
        network = model.Create(model.DefaultInput, model.DefaultClasses, random);
        loss = model.CreateLoss();
        optimizer = model.CreateOptimizer(network, model.DefaultLearningRate);
        x = RandomTensor.Create(model.DefaultInput.Prepend(model.DefaultBatchSize), random);
        labels = new Tensor([model.DefaultBatchSize], DType.Int32);
        foreach (ref int label in labels.AsSpan<int>())
        {
            label = random.NextInt(model.DefaultClasses);
        }
    }

    /// <summary>One step.</summary>
    [Benchmark]
    public double Step()
    {
        using StepScope scope = Device.Cpu.BeginStep();
        Pass pass = new(Mode.Training, new Philox(1, step++));
        network.ZeroGradients();
        Tensor l = loss.Forward(network.Forward(x, pass), labels, pass);
        pass.Backward(network, loss.Backward(pass), wantsInputGradient: false);
        optimizer.Step();
        return l.Item();
    }
}
