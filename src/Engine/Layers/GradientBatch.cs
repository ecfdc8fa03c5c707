using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>Gradients that are set to zero together: on a GPU all those of a network take the time of one.</summary>
/// <remarks>It lives on the stack, so that a step of training makes no objects.</remarks>
internal ref struct GradientBatch
{
    private const int Most = 96;

    private Tensors tensors;
    private int count;

    /// <summary>Adds the gradient of a parameter if it has one that must be zero. A full batch is set to zero at once.</summary>
    public void Add(Parameter parameter)
    {
        if (parameter.BeginGradient() is not { } gradient)
        {
            return;
        }

        // One operation is for one device and one type; and a layer that is used twice is met twice.
        ReadOnlySpan<Tensor> waiting = Waiting;
        if (count == Most || (count > 0 && (gradient.Device != waiting[0].Device || gradient.DType != waiting[0].DType)))
        {
            Zero();
        }

        if (!Waiting.Contains(gradient))
        {
            tensors[count++] = gradient;
        }
    }

    /// <summary>Sets what was added to zero.</summary>
    public void Zero()
    {
        if (count > 0)
        {
            Backend.Of(Waiting[0]).Fill(0, Waiting);
            count = 0;
        }
    }

    [UnscopedRef]
    private readonly ReadOnlySpan<Tensor> Waiting => ((ReadOnlySpan<Tensor>)tensors)[..count];

    [InlineArray(Most)]
    private struct Tensors
    {
        private Tensor first;
    }
}
