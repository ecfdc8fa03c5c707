using Engine.Layers;
using Engine.Losses;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A loss that computes on another device, or in another type, seen from main memory in Float64.</summary>
/// <param name="loss">The loss.</param>
/// <param name="device">Where it computes.</param>
/// <param name="dtype">In which type.</param>
internal sealed class DeviceLoss(Loss loss, Device device, DType dtype = DType.Float64) : Loss
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor prediction, Tensor target, Pass pass) =>
        Here(loss.Forward(There(prediction), There(target), pass));

    /// <inheritdoc/>
    public override Tensor Backward(Pass pass) => Here(loss.Backward(pass));

    // Labels stay whole numbers.
    private Tensor There(Tensor x) => (x.DType.IsFloat() ? x.To(dtype) : x).To(device);

    private static Tensor Here(Tensor x) => x.To(Device.Cpu).To(DType.Float64);
}
