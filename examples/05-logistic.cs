#:project ../src/Engine/Engine.csproj

// Chapter 5: logistic regression. A linear neuron whose output is the log-odds of class 1.
//
//     dotnet run examples/05-logistic.cs
//
// Two clouds of points, a line between them, and a cross-entropy that makes misplaced confidence expensive.

using Engine.Layers;
using Engine.Losses;
using Engine.Metrics;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

const int N = 200;
Philox random = new(seed: 3);
Tensor points = new([N, 2]), classes = new([N, 1]);
for (int i = 0; i < N; i++)
{
    int c = i % 2;
    classes.SetFlat(i, c);
    points.SetFlat(2 * i, random.NextNormal() + (c == 1 ? 1.5 : -1.5));
    points.SetFlat((2 * i) + 1, random.NextNormal() + (c == 1 ? 1 : -1));
}

Network network = new LogisticRegression().Create([2], 1, random);
BinaryCrossEntropy loss = new();
Sgd sgd = new(network, learningRate: 0.5);
for (int step = 1; step <= 200; step++)
{
    Pass pass = new(Mode.Training);
    network.ZeroGradients();
    Tensor logits = network.Forward(points, pass);
    Tensor l = loss.Forward(logits, classes, pass);
    network.Backward(loss.Backward(pass), pass);
    sgd.Step();
    if (step is 1 or 10 or 50 or 200)
    {
        Console.WriteLine($"step {step,3}: loss {l.Item():F4}, accuracy {Accuracy.Of(logits, classes):P1}");
    }
}

Dense line = (Dense)network.Children[0];
Console.WriteLine($"the line: {line.Weight.Value.GetFlat(0):F2}·x + {line.Weight.Value.GetFlat(1):F2}·y + {line.Bias!.Value.Item():F2} = 0");

// Confidence, right and wrong: the cost of a probability p when the truth is 1.
foreach (double p in (double[])[0.99, 0.5, 0.01, 1e-6])
{
    Tensor logit = Tensor.From([Math.Log(p / (1 - p))], [1, 1]);
    double cost = loss.Forward(logit, Tensor.From([1.0], [1, 1]), new Pass(Mode.Inference)).Item();
    Console.WriteLine($"p = {p,-6}: costs {cost:F2}");
}
