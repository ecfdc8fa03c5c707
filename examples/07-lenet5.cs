#:project ../src/Engine/Engine.csproj

// Chapter 7: LeNet-5 (1998), the network that read cheques.
//
//     dotnet run examples/07-lenet5.cs             3 epochs on all digits
//     dotnet run examples/07-lenet5.cs -- --quick  a taste: one epoch on 2,000 drawn digits
//
// Convolutions share their weights over the picture, so 61,706 parameters do better than the dense network's 407,050.
// Trainer runs the loop; a callback of our own looks on.

using Engine.Data;
using Engine.Formats;
using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;
using Engine.Training;

bool quick = args.Contains("--quick");
DataSplits digits = quick
    ? DataCatalog.Load("digits", new DataOptions { TrainCount = 2000, TestCount = 500 })
    : await DataCatalog.LoadDigitsAsync();
Console.WriteLine($"data: {digits.Source}");

Network network = new LeNet5().Create(digits.Train.InputShape, digits.Train.ClassCount, new Philox(seed: 1));
Console.WriteLine(new NetworkSummary(network, digits.Train.InputShape));

Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(network, 1e-3), new TrainerOptions
{
    Epochs = quick ? 1 : 3,
    BatchSize = 64,
    Seed = 1,
    Callbacks = [new PrintEpochs()],
});
trainer.Train(digits.Train, digits.Test);

// The first digit of the test set, its probabilities, and what the first convolution sees in it.
Tensor digit = digits.Test.Input(0);
Dictionary<string, Tensor> outputs = [];
Pass looking = new(Mode.Inference) { ForwardObserver = (layer, y) => outputs[layer.Name] = y };
Tensor probabilities = new SparseCategoricalCrossEntropy().Probabilities(network.Forward(digit, looking));
Console.WriteLine($"the first test digit is a {digits.Test.Label(0)}; probabilities {probabilities}");
Console.WriteLine($"feature maps of c1: {outputs["c1"].Shape}, of c3: {outputs["c3"].Shape}");

string file = Path.Combine(Path.GetTempPath(), "lenet5.safetensors");
WeightsFile.Save(file, network, new WeightsInfo { Model = "lenet5" });
Console.WriteLine($"weights saved to {file}");

internal sealed class PrintEpochs : TrainingCallback
{
    public override void OnEpochEnd(TrainingRun run, EpochReport report) => Console.WriteLine(
        $"epoch {report.Epoch}: loss {report.Loss:F4}, test accuracy {report.ValidationAccuracy:P2}, {report.SamplesPerSecond:N0} samples/s");
}
