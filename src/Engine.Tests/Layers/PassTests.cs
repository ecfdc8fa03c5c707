using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Layers;

public sealed class PassTests
{
    [Test]
    public void Values_come_back_last_in_first_out()
    {
        Tensor a = Tensor.From(1.0), b = Tensor.From(2.0);
        Pass pass = new(Mode.Training);
        pass.Save(a);
        pass.Save(b);
        Assert.That(pass.Restore(), Is.SameAs(b));
        Assert.That(pass.Restore(), Is.SameAs(a));
        Assert.That(pass.SavedCount, Is.Zero);
    }

    [Test]
    public void Inference_saves_nothing()
    {
        Pass pass = new(Mode.Inference);
        new Dense(3, 2, new Philox(1)).Forward(Tensor.Zeros([1, 3]), pass);
        Assert.That(pass.SavedCount, Is.Zero);
        Assert.That(() => pass.Restore(), Throws.InvalidOperationException.With.Message.Contains("records: true"));
    }

    [Test]
    public void Backward_twice_after_one_Forward_is_refused()
    {
        Dense dense = new(3, 2, new Philox(1));
        Pass pass = new(Mode.Training);
        Tensor y = dense.Forward(Tensor.Zeros([1, 3]), pass);
        dense.Backward(y, pass);
        Assert.That(() => dense.Backward(y, pass), Throws.InvalidOperationException.With.Message.Contains("once per Forward"));
    }

    [Test]
    public void A_pass_without_random_numbers_says_how_to_give_them() => Assert.That(
        () => new Dropout(0.5).Forward(Tensor.Zeros([4]), new Pass(Mode.Training)),
        Throws.InvalidOperationException.With.Message.Contains("new Philox(seed)"));

    [Test]
    public void Observers_see_each_layer_with_its_input_output_and_gradient_in_order()
    {
        Network network = new() { new Tanh(), new ReLU() };
        List<string> seen = [];
        Pass pass = new(Mode.Training)
        {
            InputObserver = (layer, _) => seen.Add($"in {layer.Name}"),
            ForwardObserver = (layer, _) => seen.Add($"out {layer.Name}"),
            BackwardObserver = (layer, _) => seen.Add($"back {layer.Name}"),
        };
        network.Backward(network.Forward(Tensor.From(1.0, 2.0), pass), pass);
        Assert.That(seen, Is.EqualTo(new[] { "in tanh1", "out tanh1", "in relu1", "out relu1", "back relu1", "back tanh1" }));
    }
}
