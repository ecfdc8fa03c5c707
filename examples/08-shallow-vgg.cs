#:project ../src/Engine/Engine.csproj

// Chapter 8: ShallowVGGNet: small kernels, batch normalization, dropout.
//
//     dotnet run examples/08-shallow-vgg.cs             1 epoch on 10,000 digits
//     dotnet run examples/08-shallow-vgg.cs -- --quick  a taste: 512 drawn digits
//
// Before training, the gradients of its building blocks are checked against finite differences: the engine believes no
// derivative that it has not seen confirmed.

using Engine.Checking;
using Engine.Data;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;
using Engine.Training;

foreach (string layer in (string[])["Conv2D", "BatchNormalization", "MaxPooling2D", "Dropout", "Dense"])
{
    bool right = GradientChecker.Run(layer, seed: 1, smallCases: 2).All(report => report.Passed);
    Console.WriteLine($"gradients of {layer}: {(right ? "confirmed" : "WRONG")}");
}

bool quick = args.Contains("--quick");
DataSplits digits = quick
    ? DataCatalog.Load("digits", new DataOptions { TrainCount = 512, TestCount = 200 })
    : await DataCatalog.LoadDigitsAsync();
Console.WriteLine($"data: {digits.Source}");

Network network = new ShallowVgg().Create(digits.Train.InputShape, digits.Train.ClassCount, new Philox(seed: 1));
Console.WriteLine(new NetworkSummary(network, digits.Train.InputShape));

Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(network, 1e-3), new TrainerOptions
{
    Epochs = 1,
    BatchSize = 64,
    Seed = 1,
    Callbacks = [new PrintSteps()],
});
trainer.Train(digits.Train.Take(10_000));
Evaluation evaluation = trainer.Evaluate(digits.Test.Take(2_000));
Console.WriteLine($"test loss {evaluation.Loss:F4}, accuracy {evaluation.Accuracy:P2}");

internal sealed class PrintSteps : TrainingCallback
{
    public override void OnStepEnd(TrainingRun run, in StepReport report)
    {
        if (run.StepsDone % 20 == 1)
        {
            Console.WriteLine($"step {run.StepsDone,4} of {run.StepsPerEpoch}: loss {report.Loss:F4}");
        }
    }
}
