using Engine.Checking.Checks;
using Engine.Layers;
using Engine.Networks;
using Engine.Tests.Training;

namespace Engine.Tests.Networks;

/// <summary>The work that the first layer is spared is really left out, and no other layer is spared any.</summary>
public sealed class FirstLayerWorkTests
{
    [Test]
    public void A_dense_layer_writes_no_gradient_of_the_data() => LeavesItOut(new Dense(7, 5, new Philox(1)), [4, 7]);

    [Test]
    public void A_convolution_writes_no_gradient_of_the_data() => LeavesItOut(new Conv2D(2, 3, 3, new Philox(1)), [3, 2, 5, 4]);

    [Test]
    public void Training_spares_the_first_layer_and_no_other()
    {
        List<(string Layer, bool Asked)> seen = [];
        Network network = new() { new Probe(seen) { Name = "first" }, new Flatten(), new Dense(60, 3, new Philox(1)), new Probe(seen) { Name = "last" } };
        SmallTask.Trainer(network, 1).Train(SmallTask.Images());
        Assert.That(seen.Distinct(), Is.EquivalentTo(((string, bool)[])[("last", true), ("first", false)]));
    }

    // The arena's memory is NaN before: what is not written stays so.
    private static void LeavesItOut(Layer layer, Shape input)
    {
        layer.ConvertTo(DType.Float64);
        Tensor x = Tensor.Zeros(input, DType.Float64);
        foreach (bool wanted in (bool[])[true, false])
        {
            StepMemory.FillWithNaN();
            using StepScope step = Device.Cpu.BeginStep();
            Pass pass = new(Mode.Training);
            Tensor dx = pass.Backward(layer, layer.Forward(x, pass), wanted);
            Assert.That(dx.AsSpan<double>().ToArray(), wanted ? Has.None.NaN : Has.All.NaN);
        }
    }

    /// <summary>The identity, which notes whether it is asked for the gradient of its input.</summary>
    private sealed class Probe(List<(string Layer, bool Asked)> seen) : ElementwiseLayer
    {
        public override Tensor Forward(Tensor x, Pass pass) => x;

        public override Tensor Backward(Tensor g, Pass pass)
        {
            seen.Add((Name, pass.WantsInputGradient(this)));
            return g;
        }
    }
}
