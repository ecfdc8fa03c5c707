using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Worked;

/// <summary>The worked numbers of deck W: one neuron and the 2-2-1 network, to the digits printed.</summary>
public sealed class Neurons
{
    private static readonly Tensor X = Tensor.From([2.0, 3.0], [1, 2]);

    [Test]
    public void A_neuron_with_w_01_b_4_sees_23_as_7_and_answers_0_99909()
    {
        Neuron neuron = new(2, new Philox(1));
        neuron.ConvertTo(DType.Float64);
        neuron.Weight.Value.AsSpan<double>()[0] = 0;
        neuron.Weight.Value.AsSpan<double>()[1] = 1;
        neuron.Bias.Value.AsSpan<double>()[0] = 4;

        double sum = (Tensor.MatMul(X, neuron.Weight.Value) + neuron.Bias.Value).Item();
        double y = neuron.Forward(X, new Pass(Mode.Inference)).Item();

        Assert.That(sum, Is.EqualTo(7));
        Assert.That(Math.Round(y, 5), Is.EqualTo(0.99909));
    }

    [Test]
    public void The_two_two_one_network_of_w_01_answers_0_72163()
    {
        Network network = new()
        {
            new Dense(2, 2, new Philox(1), new Constant(0)),
            new Logistic(),
            new Dense(2, 1, new Philox(1), new Constant(0)),
            new Logistic(),
        };
        network.ConvertTo(DType.Float64);

        // Every neuron has w = [0, 1]: a column of W each.
        foreach ((string path, Parameter p) in network.NamedParameters().Where(p => p.Path.EndsWith("weight", StringComparison.Ordinal)))
        {
            p.Value.AsSpan<double>()[^p.Value.Shape[1]..].Fill(1);
        }

        Dictionary<string, Tensor> outputs = [];
        Pass pass = new(Mode.Inference) { ForwardObserver = (layer, y) => outputs[layer.Name] = y };
        double answer = network.Forward(X, pass).Item();

        Assert.That(outputs["logistic1"].AsSpan<double>().ToArray().Select(h => Math.Round(h, 4)), Is.EqualTo(new[] { 0.9526, 0.9526 }));
        Assert.That(Math.Round(answer, 5), Is.EqualTo(0.72163));
    }

    [Test]
    public void A_perceptron_learns_and_and_or_but_never_xor()
    {
        // Rosenblatt 1958; Minsky and Papert 1969: no line separates XOR, so every pass over it makes a mistake.
        Assert.That(MistakesAfter(0, 0, 0, 1), Is.Zero, "AND");
        Assert.That(MistakesAfter(0, 1, 1, 1), Is.Zero, "OR");
        Assert.That(MistakesAfter(0, 1, 1, 0), Is.Positive, "XOR");

        static int MistakesAfter(params int[] gate)
        {
            Perceptron perceptron = new(2);
            Tensor corners = Tensor.From([0f, 0f, 0f, 1f, 1f, 0f, 1f, 1f], [4, 2]);
            int mistakes = 0;
            for (int epoch = 0; epoch < 100; epoch++)
            {
                mistakes = perceptron.LearnEpoch(corners, Tensor.From(gate));
            }

            return mistakes;
        }
    }

    [Test]
    public void A_perceptron_makes_no_more_corrections_than_Novikoff_allows()
    {
        // Novikoff 1962: at most (R/γ)² corrections, R and γ taken in the space that has the bias as a last coordinate 1.
        Philox random = new(7);
        Perceptron perceptron = new(3);
        List<(double[] X, int T)> samples = [];
        double radius = 0, margin = double.MaxValue;
        double[] truth = [0.6, -0.5, 0.4, 0.2];
        double norm = Math.Sqrt(truth.Sum(w => w * w));
        while (samples.Count < 100)
        {
            double[] x = [random.NextDouble(-1, 1), random.NextDouble(-1, 1), random.NextDouble(-1, 1)];
            double z = ((truth[0] * x[0]) + (truth[1] * x[1]) + (truth[2] * x[2]) + truth[3]) / norm;
            if (Math.Abs(z) > 0.1)
            {
                samples.Add((x, z > 0 ? 1 : 0));
                margin = Math.Min(margin, Math.Abs(z));
                radius = Math.Max(radius, Math.Sqrt(x.Sum(v => v * v) + 1));
            }
        }

        int corrections = 0, inEpoch;
        do
        {
            inEpoch = samples.Count(s => !perceptron.Learn(s.X, s.T));
            corrections += inEpoch;
        }
        while (inEpoch > 0 && corrections < 100_000);

        Assert.That(corrections, Is.InRange(1, (int)Math.Pow(radius / margin, 2)));
        Assert.That(samples.All(s => perceptron.Predict(s.X) == s.T));
    }
}
