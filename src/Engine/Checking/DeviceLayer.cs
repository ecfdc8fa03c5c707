using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking;

/// <summary>A layer that computes on another device, seen from main memory, so that what checks layers there checks kernels too.</summary>
/// <remarks>
/// Its parameters are copies in main memory: they are brought to the device before each pass forward, and what the device
/// has added to their gradients, or to statistics, is brought back.
/// </remarks>
internal sealed class DeviceLayer : Layer
{
    private readonly Layer layer;
    private readonly Device device;
    private readonly List<(Parameter Here, Parameter There)> pairs = [];

    /// <summary>A layer seen from main memory.</summary>
    /// <param name="layer">The layer, which is moved to the device.</param>
    /// <param name="device">Where it computes.</param>
    public DeviceLayer(Layer layer, Device device)
    {
        (this.layer, this.device) = (layer, device);
        Name = layer.Name;
        foreach ((string path, Parameter there) in layer.NamedParameters())
        {
            pairs.Add((new Parameter(path, there.Value.To(Device.Cpu).Clone(), there.IsStatistic), there));
        }

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
            here.Value.CopyTo(there.Value);
            there.Trainable = here.Trainable;
        }

        Tensor y = pass.Forward(layer, x.To(device));
        foreach ((Parameter here, Parameter there) in pairs.Where(p => p.Here.IsStatistic))
        {
            there.Value.CopyTo(here.Value);
        }

        return y.To(Device.Cpu);
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        layer.ZeroGradients();
        Tensor dx = pass.Backward(layer, g.To(device)).To(Device.Cpu);
        foreach ((Parameter here, Parameter there) in pairs.Where(p => p.Here.Learns))
        {
            here.Accumulate(there.Gradient.To(Device.Cpu));
        }

        return dx;
    }
}
