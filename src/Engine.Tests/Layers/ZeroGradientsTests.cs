using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Layers;

public sealed class ZeroGradientsTests
{
    [Test]
    public void Every_gradient_of_a_deep_network_is_set_to_zero()
    {
        // More parameters than go in one operation, some of another type, one layer used twice.
        Philox random = new(1);
        Dense shared = new(2, 2, random) { Name = "shared" };
        Network network = new() { shared, new Residual(new Network { new Dense(2, 2, random), shared }) };
        for (int i = 0; i < 60; i++)
        {
            network.Add(new Dense(2, 2, random));
        }

        network.Children[10].ConvertTo(DType.Float64);
        Tensor[] gradients = [.. network.NamedParameters().Select(p => p.Parameter.Gradient)];
        foreach (Tensor gradient in gradients)
        {
            Backend.Of(gradient).Fill(1, gradient);
        }

        network.ZeroGradients();

        Assert.That(gradients, Has.Length.EqualTo(124));
        Assert.That(gradients.SelectMany(Backends.Numbers.Of), Is.All.Zero);
    }

    [Test]
    public void Gradients_that_nobody_asked_for_are_not_made()
    {
        Dense layer = new(3, 2, new Philox(1));
        long before = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        layer.ZeroGradients();
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes, Is.EqualTo(before));
        Assert.That(layer.Weight.Gradient.AsSpan<float>().ToArray(), Is.All.Zero);
    }
}
