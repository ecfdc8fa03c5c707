#:project ../src/Engine/Engine.csproj

// Chapter 4: fitting a line, and how finite differences catch a wrong gradient.
//
//     dotnet run examples/04-line-fit.cs
//
// The points are (1, 3) and (2, 5), the first guess m = −1, b = 5. The lecture prints the gradient (−7, −3). Is it right?
// Ask the loss itself: move m a little to either side and look how much the loss changes.

using Engine.Layers;
using Engine.Losses;
using Engine.Models;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

Tensor x = Tensor.From([1.0, 2.0], [2, 1]), y = Tensor.From([3.0, 5.0], [2, 1]);
MeanSquaredError mse = new();

Network line = Create(out Tensor m, out Tensor b);
Console.WriteLine($"predictions {line.Predict(x)}, MSE {Mse()}, RMSE {Math.Sqrt(Mse()):F2}");

const double H = 1.0 / 64;
double numericM = Slope(m), numericB = Slope(b);
Step(line);
Console.WriteLine($"dMSE/dm: backpropagation {line.Children[0].Parameters[0].Gradient.Item()}, finite differences {numericM}, printed -7");
Console.WriteLine($"dMSE/db: backpropagation {line.Children[0].Parameters[1].Gradient.Item()}, finite differences {numericB}, printed -3");

foreach (double rate in (double[])[0.1, 0.005, 0.6])
{
    line = Create(out m, out b);
    Sgd sgd = new(line, rate);
    Console.Write($"rate {rate,5}: MSE");
    for (int i = 1; i <= 100; i++)
    {
        Step(line);
        sgd.Step();
        if (i is 1 or 2 or 3 or 100)
        {
            Console.Write($"  {Mse():G4} after {i}");
        }
    }

    Console.WriteLine($", m = {m.Item():G4}, b = {b.Item():G4}");
}

double Mse() => mse.Forward(line.Predict(x), y, new Pass(Mode.Inference)).Item();

double Slope(Tensor parameter)
{
    double at = parameter.Item();
    parameter.SetFlat(0, at + H);
    double above = Mse();
    parameter.SetFlat(0, at - H);
    double below = Mse();
    parameter.SetFlat(0, at);
    return (above - below) / (2 * H);
}

void Step(Network network)
{
    Pass pass = new(Mode.Training);
    network.ZeroGradients();
    mse.Forward(network.Forward(x, pass), y, pass);
    network.Backward(mse.Backward(pass), pass);
}

static Network Create(out Tensor m, out Tensor b)
{
    Network network = new LineFit().Create([1], 1, new Philox(seed: 1));
    network.ConvertTo(DType.Float64);
    (m, b) = (network.Children[0].Parameters[0].Value, network.Children[0].Parameters[1].Value);
    return network;
}
