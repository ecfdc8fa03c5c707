using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Rectifier: y = max(0, x).</summary>
/// <remarks>
/// dy/dx is 1 where x &gt; 0 and 0 where x &lt; 0. At the kink x = 0, where there is no derivative, 0 is used. Since
/// y &gt; 0 exactly where x &gt; 0, the output tells all that Backward needs:
///   ∂L/∂x = g where y &gt; 0, else 0.
/// (Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010; deck R.)
/// </remarks>
public sealed class ReLU : ElementwiseLayer, IActivationLayer, IPiecewise
{
    /// <inheritdoc/>
    public Activation Activation => Activation.Relu;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass pass)
    {
        Tensor y = pass.Reuse(x);
        Backend.Of(x).ActivationForward(Activation, x, y);
        pass.Save(y);
        return y;
    }

    /// <inheritdoc/>
    public override Tensor Backward(Tensor g, Pass pass)
    {
        Tensor y = pass.Restore();
        Tensor dx = pass.Reuse(g);
        Backend.Of(g, y).ActivationBackward(Activation, y, g, dx);
        return dx;
    }

    /// <summary>For each element, 1 on the side that passes and 0 on the side that does not.</summary>
    public IEnumerable<int> Pieces(Tensor x)
    {
        Tensor here = x.To(Device.Cpu);
        return Enumerable.Range(0, here.ElementCount).Select(i => here.GetFlat(i) > 0 ? 1 : 0);
    }
}
