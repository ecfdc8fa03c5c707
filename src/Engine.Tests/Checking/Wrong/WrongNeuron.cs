using Engine.Networks;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongNeuron
{
    public static IEnumerable<Mistake> All =>
    [
        Wrong("δ = g, the logistic's derivative forgotten", (y, g) => g),
        Wrong("δ = g·y, the factor 1 − y forgotten", (y, g) => g * y),
        Wrong("δ = g·(1 − y²), the derivative of tanh", (y, g) => g * (1 - (y * y))),
    ];

    private static Mistake Wrong(string what, Func<Tensor, Tensor, Tensor> delta) => Mistake.In<Neuron>(what, (neuron, g, pass) =>
    {
        Tensor y = pass.Restore(), x = pass.Restore();
        Tensor d = delta(y, g);
        neuron.Weight.Accumulate(x, d, transposeA: true);
        neuron.Bias.AccumulateSum(d);
        return Tensor.MatMul(d, neuron.Weight.Value, transposeB: true);
    });
}
