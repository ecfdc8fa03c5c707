using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Checking.Wrong;

/// <summary>The formula is right, but what it is computed from, or where it goes, is not.</summary>
internal static class WrongState
{
    public static IEnumerable<Mistake> All =>
    [
        Mistake.In<Dense>("gradients overwritten, not accumulated", (dense, g, pass) =>
        {
            dense.ZeroGradients();
            return dense.Backward(g, pass);
        }),
        Mistake.In<Dense>("a frozen weight still gets a gradient", (dense, g, pass) =>
        {
            bool trainable = dense.Weight.Trainable;
            dense.Weight.Trainable = true;
            Tensor dx = dense.Backward(g, pass);
            dense.Weight.Trainable = trainable;
            return dx;
        }),
        Mistake.In<Dense>("a frozen weight stops the way back", (dense, g, pass) =>
        {
            Tensor dx = dense.Backward(g, pass);
            return dense.Weight.Trainable ? dx : Tensor.Zeros(dx.Shape, dx.DType);
        }),
        Mistake.Of<Neuron>("returns the ∂x of the pass before", right => new WrongLayer<Neuron>(right, OfThePassBefore())),
        Mistake.In<BatchNormalization>("μ and σ² restored in the order they were saved", (layer, g, pass) =>
        {
            if (pass.Mode == Mode.Training)
            {
                Tensor variance = pass.Restore(), mean = pass.Restore();
                pass.Save(variance);
                pass.Save(mean);
            }

            return layer.Backward(g, pass);
        }),
        Mistake.In<ReLU>("writes its result into the g it was given", (_, g, pass) =>
        {
            Tensor y = pass.Restore();
            for (int i = 0; i < g.ElementCount; i++)
            {
                g.SetFlat(i, y.GetFlat(i) > 0 ? g.GetFlat(i) : 0);
            }

            return g;
        }),
        Mistake.Of<Tanh>("keeps y in itself, not on the pass", _ => new ForgetfulTanh()),
        Mistake.Of<Softmax>("saves more than it restores", right => new Hoarder(right)),
        Mistake.Of<Flatten>("OutputShape promises the shape of the input", right => new FalsePromise(right)),
    ];

    // Keeps the input's gradient and returns it one call late.
    private static Func<Neuron, Tensor, Pass, Tensor> OfThePassBefore()
    {
        Tensor? before = null;
        return (neuron, g, pass) =>
        {
            Tensor now = neuron.Backward(g, pass);
            using OutsideScope lasting = StepScope.Outside(Device.Cpu);
            Tensor returned = before is null || before.Shape != now.Shape ? now : before;
            before = now.Clone();
            return returned;
        };
    }

    private sealed class ForgetfulTanh : ElementwiseLayer
    {
        private Tensor? y;

        public override Tensor Forward(Tensor x, Pass pass) => y = x.Tanh();

        public override Tensor Backward(Tensor g, Pass pass) => g * (1 - (y! * y!));
    }

    private sealed class FalsePromise(Layer right) : ElementwiseLayer
    {
        public override Tensor Forward(Tensor x, Pass pass) => right.Forward(x, pass);

        public override Tensor Backward(Tensor g, Pass pass) => right.Backward(g, pass);
    }

    private sealed class Hoarder(Layer right) : ElementwiseLayer
    {
        public override Tensor Forward(Tensor x, Pass pass)
        {
            pass.Save(x);
            return right.Forward(x, pass);
        }

        public override Tensor Backward(Tensor g, Pass pass) => right.Backward(g, pass);
    }
}
