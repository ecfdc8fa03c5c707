using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Tensors;

namespace Engine.Training;

/// <summary>Finds where the first infinite or NaN number of a step came from, by going through it again with open eyes.</summary>
internal static class DivergenceFinder
{
    /// <summary>What gave the first non-finite number: the data, a parameter, a layer on the way forward, the loss, or a layer on the way back.</summary>
    /// <param name="network">A network whose parameters are as they were before the step.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="batch">The batch of the step.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="random">The random numbers of the step, from their beginning.</param>
    public static string Find(Layer network, Loss loss, Batch batch, Device device, Philox random)
    {
        batch = batch.To(device);
        if (!Finite.All(batch.Inputs))
        {
            return "the inputs of the batch";
        }

        if (!Finite.All(batch.Targets))
        {
            return "the targets of the batch";
        }

        return InParameters(network) ?? InPass(network, loss, batch, random) ?? "an operation that gave other numbers when it was repeated";
    }

    /// <summary>The first parameter with a non-finite element, or null.</summary>
    /// <remarks>Statistics are left out: a diverging pass has already put its own numbers there.</remarks>
    public static string? InParameters(Layer network)
    {
        foreach ((string path, Parameter parameter) in network.NamedParameters())
        {
            if (!parameter.IsStatistic && !Finite.All(parameter.Value))
            {
                return $"parameter '{path}', put there by an earlier step";
            }
        }

        return null;
    }

    private static string? InPass(Layer network, Loss loss, Batch batch, Philox random)
    {
        string? found = null;
        Pass pass = new(Mode.Training, random)
        {
            ForwardObserver = (layer, y) => found ??= Finite.All(y) ? null : $"the output of {layer}",
            BackwardObserver = (layer, dx) => found ??= HasFiniteGradients(layer, dx) ? null : $"the gradient that {layer} passes back",
        };
        using StepScope step = batch.Inputs.Device.BeginStep();
        network.ZeroGradients();
        Tensor scores = pass.Forward(network, batch.Inputs);
        Tensor value = loss.Forward(scores, batch.Targets, pass);
        found ??= Finite.All(value) ? null : $"the {loss.GetType().Name} loss";
        if (found is not null)
        {
            return found;
        }

        Tensor g = loss.Backward(pass);
        found = Finite.All(g) ? null : $"the gradient of the {loss.GetType().Name} loss";
        pass.Backward(network, g);
        return found;
    }

    private static bool HasFiniteGradients(Layer layer, Tensor dx) =>
        Finite.All(dx) && layer.Parameters.All(p => !p.Learns || Finite.All(p.Gradient));
}
