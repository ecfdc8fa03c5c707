using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Checking.Wrong;

/// <summary>The right loss, with a derivative of its own.</summary>
internal sealed class WrongLoss(Loss right, Func<Pass, Tensor> backward) : Loss
{
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass) => right.Forward(prediction, target, pass);

    public override Tensor Backward(Pass pass) => backward(pass);
}
