using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Networks.Frozen;

/// <summary>Makes a <see cref="FrozenNetwork"/> of a network, layer by layer.</summary>
internal static class Freezer
{
    /// <summary>Freezes a chain of layers.</summary>
    /// <param name="network">The chain; it stays as it is.</param>
    /// <param name="input">The shape that its input will usually have, batch size first.</param>
    public static FrozenNetwork Freeze(Network network, Shape input)
    {
        List<Layer> frozen = [];
        for (int i = 0; i < network.Children.Count;)
        {
            Layer layer = network.Children[i++];
            if (layer is Dropout)
            {
                continue;
            }

            // What follows and can be done by this layer in the same go.
            BatchNormalization? normalization = layer is Conv2D or Dense ? Next<BatchNormalization>(network, ref i) : null;
            Activation? activation = layer is Conv2D or Dense or Residual ? Next<IActivationLayer>(network, ref i)?.Activation : null;
            frozen.Add(Freeze(layer, normalization, activation, input));
            input = layer.OutputShape(input);
        }

        return new FrozenNetwork(frozen) { Name = network.Name };
    }

    private static Layer Freeze(Layer layer, BatchNormalization? normalization, Activation? activation, Shape input)
    {
        switch (layer)
        {
            case Network network:
                return Freeze(network, input);
            case Residual block:
                Layer? shortcut = block.Children.Count > 1 ? Freeze(block.Children[1], input) : null;
                return new FrozenResidual(block.Name, Freeze(block.Children[0], input), shortcut, activation);
            case Parallel parallel:
                return new FrozenParallel(parallel.Name, [.. parallel.Children.Select(branch => Freeze(branch, input))]);
            case Conv2D convolution:
                (Tensor w, Tensor? b) = Fold(convolution.Weight.Value, outputAxis: 0, convolution.Bias?.Value, normalization);
                return new FrozenConv2D(convolution, w, b, activation, input);
            case Dense dense:
                (w, b) = Fold(dense.Weight.Value, outputAxis: 1, dense.Bias?.Value, normalization);
                return new FrozenDense(dense, w, b, activation);
            default:
                return layer;
        }
    }

    private static Layer Freeze(Layer layer, Shape input) => Freeze(layer, normalization: null, activation: null, input);

    // The next layer if it is of a kind, dropout passed over; i then points behind it.
    private static T? Next<T>(Network network, ref int i)
        where T : class
    {
        int next = i;
        while (next < network.Children.Count && network.Children[next] is Dropout)
        {
            next++;
        }

        if (next == network.Children.Count || network.Children[next] is not T found)
        {
            return null;
        }

        i = next + 1;
        return found;
    }

    // s·(w·x + b − μ) + β = (s·w)·x + (s·(b − μ) + β), s = γ/√(σ² + ε), per output channel.
    private static (Tensor Weight, Tensor? Bias) Fold(Tensor w, int outputAxis, Tensor? b, BatchNormalization? normalization)
    {
        if (normalization is null)
        {
            return (w, b);
        }

        Tensor scale = normalization.Gamma.Value / (normalization.RunningVariance.Value + normalization.Epsilon).Sqrt();
        Tensor mean = normalization.RunningMean.Value, beta = normalization.Beta.Value;
        Tensor shift = b is null ? beta - (scale * mean) : (scale * (b - mean)) + beta;

        // Broadcasting aligns shapes at their last axis, which is the output of a dense layer; in front of a convolution's
        // filters the scale has to be given the other axes.
        Shape along = outputAxis == 0 ? new Shape([scale.ElementCount, 1, 1, 1]) : scale.Shape;
        return (w * scale.Reshape(along), shift);
    }
}
