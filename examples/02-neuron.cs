#:project ../src/Engine/Engine.csproj

// Chapter 2: a neuron that can be trained by its slope.
//
//     dotnet run examples/02-neuron.cs
//
// Replace the step by the logistic curve and the answer changes smoothly with the weights, so the loss has a gradient
// to walk down. First the worked number of the deck, then OR learned by gradient descent.

using Engine.Backends;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

// w = [0, 1], b = 4, x = [2, 3]: w·x + b = 7, and σ(7) = 0.99909.
Neuron neuron = new(inputs: 2, new Philox(seed: 1));
neuron.ConvertTo(DType.Float64);
neuron.Weight.Value.SetFlat(0, 0);
neuron.Weight.Value.SetFlat(1, 1);
neuron.Bias.Value.SetFlat(0, 4);
Tensor x = Tensor.From([2.0, 3.0], [1, 2]);
Console.WriteLine($"w·x + b = {(Tensor.MatMul(x, neuron.Weight.Value) + neuron.Bias.Value).Item()}");
Console.WriteLine($"output  = {neuron.Forward(x, new Pass(Mode.Inference)).Item():F5}");

// OR by gradient descent: forward, loss, backward, step.
Neuron or = new(inputs: 2, new Philox(seed: 2));
Tensor corners = Tensor.From([0f, 0f, 0f, 1f, 1f, 0f, 1f, 1f], [4, 2]);
Tensor targets = Tensor.From([0f, 1f, 1f, 1f], [4, 1]);
MeanSquaredError loss = new();
Sgd sgd = new(or, learningRate: 2);
for (int step = 1; step <= 500; step++)
{
    Pass pass = new(Mode.Training);
    or.ZeroGradients();
    Tensor l = loss.Forward(or.Forward(corners, pass), targets, pass);
    or.Backward(loss.Backward(pass), pass);
    sgd.Step();
    if (step is 1 or 10 or 100 or 500)
    {
        Console.WriteLine($"step {step,3}: loss {l.Item():F4}");
    }
}

Console.WriteLine($"OR of 00, 01, 10, 11: {or.Forward(corners, new Pass(Mode.Inference))}");
