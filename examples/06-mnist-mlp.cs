#:project ../src/Engine/Engine.csproj

// Chapter 6: a dense network reads handwritten digits: 784-512-10, Adam, sparse categorical cross-entropy, 5 epochs.
//
//     dotnet run examples/06-mnist-mlp.cs             5 epochs on all digits
//     dotnet run examples/06-mnist-mlp.cs -- --quick  a taste: one epoch on 2,000 drawn digits
//
// Real MNIST is used where it can be found or downloaded, otherwise digits that the engine draws itself. The training
// loop is written out here; from the next chapter on Trainer does it.

using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Metrics;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

bool quick = args.Contains("--quick");
DataSplits digits = quick
    ? DataCatalog.Load("digits", new DataOptions { TrainCount = 2000, TestCount = 500 })
    : await DataCatalog.LoadDigitsAsync();
Console.WriteLine($"data: {digits.Source}");

MnistMlp model = new();
Network network = model.Create(digits.Train.InputShape, digits.Train.ClassCount, new Philox(seed: 1));
Console.WriteLine(new NetworkSummary(network, digits.Train.InputShape));

Loss loss = new SparseCategoricalCrossEntropy();
Optimizer adam = new Adam(network, learningRate: 1e-3);
int epochs = quick ? 1 : 5;
using BatchLoader batches = new(digits.Train, new BatchLoaderOptions { BatchSize = 128, Seed = 1, EndEpoch = epochs });
double sum = 0;
int seen = 0;
foreach (Batch batch in batches)
{
    using StepScope step = Device.Cpu.BeginStep();
    Pass pass = new(Mode.Training);
    network.ZeroGradients();
    Tensor l = loss.Forward(network.Forward(batch.Inputs, pass), batch.Targets, pass);
    network.Backward(loss.Backward(pass), pass);
    adam.Step();

    sum += l.Item() * batch.Count;
    seen += batch.Count;
    if (seen == digits.Train.Count)
    {
        Console.WriteLine($"epoch {batch.Epoch + 1}: loss {sum / seen:F4}, test accuracy {TestAccuracy():P2}");
        (sum, seen) = (0, 0);
    }
}

double TestAccuracy()
{
    ConfusionMatrix matrix = new(10);
    using BatchLoader test = new(digits.Test, new BatchLoaderOptions { BatchSize = 500, Shuffle = false, EndEpoch = 1 });
    foreach (Batch batch in test)
    {
        using StepScope step = Device.Cpu.BeginStep();
        matrix.Add(network.Predict(batch.Inputs), batch.Targets);
    }

    return matrix.Accuracy;
}
