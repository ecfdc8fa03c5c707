#:project ../src/Engine/Engine.csproj

// Chapter 3: the 2-2-1 network, small enough to follow every number.
//
//     dotnet run examples/03-two-two-one.cs
//
// Two hidden neurons and one output neuron, all logistic. First the worked forward pass of the deck, then training by
// stochastic gradient descent, one sample at a time.

using Engine.Initializers;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Tensors;

// Every neuron w = [0, 1], b = 0; x = [2, 3]: h1 = h2 = σ(3) = 0.9526, output σ(0.9526) = 0.72163.
Network worked = Create(new Constant(0));
foreach ((string path, Parameter parameter) in worked.NamedParameters())
{
    if (parameter.Name == "weight")
    {
        // W is inputs × outputs, so the last row belongs to the second input.
        parameter.Value.AsSpan<float>()[^parameter.Value.Shape[1]..].Fill(1);
    }
}

Pass looking = new(Mode.Inference) { ForwardObserver = (layer, y) => Console.WriteLine($"  {layer.Name,-10} {y}") };
Console.WriteLine("the worked example, layer by layer:");
worked.Forward(Tensor.From([2f, 3f], [1, 2]), looking);

// Four people: weight and height, centred and in units of ten kilograms and ten centimetres; 1 for the lighter kind.
float[][] people = [[-0.9f, -0.4f], [1.1f, 0.6f], [0.8f, 0.3f], [-1.0f, -0.5f]];
float[] kinds = [1, 0, 0, 1];

Network network = Create(new Normal(0, 1));
MeanSquaredError loss = new();
Sgd sgd = new(network, learningRate: 0.5);
Console.WriteLine("training:");
for (int epoch = 1; epoch <= 1000; epoch++)
{
    double sum = 0;
    for (int i = 0; i < people.Length; i++)
    {
        Pass pass = new(Mode.Training);
        network.ZeroGradients();
        Tensor y = network.Forward(Tensor.From(people[i], [1, 2]), pass);
        sum += loss.Forward(y, Tensor.From([kinds[i]], [1, 1]), pass).Item();
        network.Backward(loss.Backward(pass), pass);
        sgd.Step();
    }

    if (epoch is 1 or 10 or 100 or 1000)
    {
        Console.WriteLine($"  epoch {epoch,4}: mean loss {sum / people.Length:F4}");
    }
}

Console.WriteLine($"a light, small person: {network.Predict(Tensor.From([-0.7f, -0.3f], [1, 2])).Item():F3}");
Console.WriteLine($"a heavy, tall person:  {network.Predict(Tensor.From([0.9f, 0.5f], [1, 2])).Item():F3}");

static Network Create(Initializer weights)
{
    Philox random = new(seed: 1);
    return new Network
    {
        new Dense(2, 2, random, weights),
        new Logistic(),
        new Dense(2, 1, random, weights),
        new Logistic(),
    };
}
