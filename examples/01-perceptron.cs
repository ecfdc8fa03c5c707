#:project ../src/Engine/Engine.csproj

// Chapter 1: Rosenblatt's perceptron (1958). One weighted sum, one step, one rule.
//
//     dotnet run examples/01-perceptron.cs
//
// The perceptron answers 1 where w·x + b > 0. When it is wrong it moves its weights by the sample it got wrong. If a
// line separates the classes, it finds one. For XOR there is none, and it never comes to rest.

using Engine.Networks;
using Engine.Tensors;

Tensor corners = Tensor.From([0f, 0f, 0f, 1f, 1f, 0f, 1f, 1f], [4, 2]);

foreach ((string gate, int[] answers) in new[] { ("AND", new[] { 0, 0, 0, 1 }), ("OR", [0, 1, 1, 1]), ("XOR", [0, 1, 1, 0]) })
{
    Console.WriteLine($"{gate}:");
    Perceptron perceptron = new(inputs: 2);
    Tensor targets = Tensor.From(answers);
    int mistakes = 4;
    for (int epoch = 1; epoch <= 12 && mistakes > 0; epoch++)
    {
        mistakes = perceptron.LearnEpoch(corners, targets);
        Console.WriteLine(
            $"  epoch {epoch,2}: {mistakes} mistakes, now w = [{perceptron.Weights[0],2}, {perceptron.Weights[1],2}], b = {perceptron.Bias,2}");
    }

    Console.WriteLine(mistakes == 0 ? "  every answer is right" : "  still wrong: no line separates XOR (Minsky and Papert, 1969)");
}
