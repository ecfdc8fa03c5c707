using Engine.Tensors;

namespace Engine.Layers;

/// <summary>
/// A differentiable function y = f(x; θ) with its derivative written by hand.
/// </summary>
/// <remarks>
/// To write one: compute y in <see cref="Forward"/> and save on the pass what the derivative needs; in
/// <see cref="Backward"/> restore it, add ∂L/∂θ to each parameter's gradient and return ∂L/∂x. Register a generator in
/// <c>Engine.Checking.LayerCases</c>, and every gradient check runs on it.
/// </remarks>
public abstract class Layer
{
    private string? name;

    /// <summary>What the user calls this layer; in a network unique among its siblings. By default the type's name.</summary>
    public string Name
    {
        get => name ?? DefaultName;
        set => name = value;
    }

    /// <summary>True once a name was given.</summary>
    public bool HasName => name is not null;

    /// <summary>The type's name in lower case: "conv2d".</summary>
    public string DefaultName => GetType().Name.ToLowerInvariant();

    /// <summary>The layer's own parameters, in a fixed order; for a container none, its layers have them.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>The layers inside a container.</summary>
    public virtual IReadOnlyList<Layer> Children => [];

    /// <summary>Whether gradients are wanted of any parameter, here or in the layers inside.</summary>
    internal bool Learns
    {
        get
        {
            for (int i = 0; i < Parameters.Count; i++)
            {
                if (Parameters[i].Learns)
                {
                    return true;
                }
            }

            for (int i = 0; i < Children.Count; i++)
            {
                if (Children[i].Learns)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The shape of y for an x of a shape.</summary>
    /// <exception cref="ShapeException">The layer cannot take such an x; the message says why.</exception>
    public abstract Shape OutputShape(Shape input);

    /// <summary>y = f(x; θ).</summary>
    /// <param name="x">The input; its first axis is the batch.</param>
    /// <param name="pass">Where to save what <see cref="Backward"/> will need.</param>
    public abstract Tensor Forward(Tensor x, Pass pass);

    /// <summary>The way back: adds ∂L/∂θ to the parameters' gradients and returns ∂L/∂x.</summary>
    /// <param name="g">∂L/∂y, of y's shape.</param>
    /// <param name="pass">The pass that went forward. Where it does not want ∂L/∂x, what is returned is not looked at and may hold anything.</param>
    public abstract Tensor Backward(Tensor g, Pass pass);

    /// <summary>Multiply–adds of one forward pass for an input of a shape, batch included; 0 where none are needed.</summary>
    public virtual long MultiplyAdds(Shape input) => 0;

    /// <summary>
    /// Every parameter in this layer and the layers inside it, with its path: "conv1.weight". One that is shared is named
    /// once, where it is met first.
    /// </summary>
    public IReadOnlyList<(string Path, Parameter Parameter)> NamedParameters()
    {
        List<(string, Parameter)> found = [];
        Collect("", found, []);
        return found;
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ZeroGradients()
    {
        GradientBatch batch = default;
        CollectGradients(ref batch);
        batch.Zero();
    }

    /// <summary>Converts all parameters to an element type. Float64 is what gradients are checked in.</summary>
    public void ConvertTo(DType dtype)
    {
        foreach ((_, Parameter parameter) in NamedParameters())
        {
            parameter.ConvertTo(dtype);
        }
    }

    /// <summary>Moves all parameters to a device; the layer then computes there. An optimizer is made afterwards, so that its memory lies there too.</summary>
    public void MoveTo(Device device)
    {
        foreach ((_, Parameter parameter) in NamedParameters())
        {
            parameter.MoveTo(device);
        }
    }

    /// <summary>Type and name: <c>Conv2D 'conv1'</c>, as errors begin.</summary>
    public override string ToString() => $"{GetType().Name} '{Name}'";

    /// <summary>An error that begins with this layer's type and name.</summary>
    protected ShapeException Mismatch(string what) => new($"{this}: {what}");

    private void CollectGradients(ref GradientBatch batch)
    {
        for (int i = 0; i < Parameters.Count; i++)
        {
            batch.Add(Parameters[i]);
        }

        for (int i = 0; i < Children.Count; i++)
        {
            Children[i].CollectGradients(ref batch);
        }
    }

    private void Collect(string prefix, List<(string Path, Parameter Parameter)> found, HashSet<Parameter> seen)
    {
        foreach (Parameter parameter in Parameters)
        {
            if (seen.Add(parameter))
            {
                found.Add((prefix + parameter.Name, parameter));
            }
        }

        foreach (Layer child in Children)
        {
            child.Collect($"{prefix}{child.Name}.", found, seen);
        }
    }
}
