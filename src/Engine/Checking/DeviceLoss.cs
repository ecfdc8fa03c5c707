using Engine.Layers;
using Engine.Losses;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A loss that computes on another device, seen from main memory.</summary>
/// <param name="loss">The loss.</param>
/// <param name="device">Where it computes.</param>
internal class DeviceLoss(Loss loss, Device device) : Loss
{
    /// <summary>A loss seen from main memory, with kinks where it has any.</summary>
    public static Loss Of(Loss loss, Device device) =>
        loss is IPiecewiseLoss piecewise ? new Piecewise(loss, piecewise, device) : new DeviceLoss(loss, device);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass) =>
        loss.Forward(prediction.To(device), target.To(device), pass).To(Device.Cpu);

    /// <inheritdoc/>
    public override Tensor Backward(Pass pass) => loss.Backward(pass).To(Device.Cpu);

    private sealed class Piecewise(Loss loss, IPiecewiseLoss pieces, Device device) : DeviceLoss(loss, device), IPiecewiseLoss
    {
        public IEnumerable<int> Pieces(Tensor prediction, Tensor target) => pieces.Pieces(prediction, target);
    }
}
