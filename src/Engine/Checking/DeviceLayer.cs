using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A layer that computes on another device, or in another type, seen from main memory in Float64, so that what checks layers there checks kernels too.</summary>
/// <remarks>
/// Its parameters are copies in main memory: they are brought to the device before each pass forward, and what the device
/// has added to their gradients, or to statistics, is brought back.
/// </remarks>
internal sealed class DeviceLayer : Layer
{
    private readonly Layer layer;
    private readonly Device device;
    private readonly DType dtype;
    private readonly List<(Parameter Here, Parameter There)> pairs = [];

    /// <summary>A layer seen from main memory.</summary>
    /// <param name="layer">The layer, Float64 in main memory, which is converted and moved to the device.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="dtype">In which type.</param>
    public DeviceLayer(Layer layer, Device device, DType dtype = DType.Float64)
    {
        (this.layer, this.device, this.dtype) = (layer, device, dtype);
        Name = layer.Name;
        foreach ((string path, Parameter there) in layer.NamedParameters())
        {
            pairs.Add((new Parameter(path, there.Value.Clone(), there.IsStatistic), there));
        }

        layer.ConvertTo(dtype);
        layer.MoveTo(device);
        Parameters = [.. pairs.Select(p => p.Here)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => layer.OutputShape(input);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        foreach ((Parameter here, Parameter there) in pairs)
        {
            There(here.Value).CopyTo(there.Value);
            there.Trainable = here.Trainable;
        }

        Tensor y = pass.Forward(layer, There(x));
        foreach ((Parameter here, Parameter there) in pairs.Where(p => p.Here.IsStatistic))
        {
            Here(there.Value).CopyTo(here.Value);
        }

        return Here(y);
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        layer.ZeroGradients();
        Tensor dx = Here(pass.Backward(layer, There(g)));
        foreach ((Parameter here, Parameter there) in pairs.Where(p => p.Here.Learns))
        {
            here.Accumulate(Here(there.Gradient));
        }

        return dx;
    }

    private Tensor There(Tensor x) => x.To(dtype).To(device);

    private static Tensor Here(Tensor x) => x.To(Device.Cpu).To(DType.Float64);
}
