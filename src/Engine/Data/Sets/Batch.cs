using Engine.Tensors;

namespace Engine.Data;

/// <summary>Some samples, side by side, as a training step takes them.</summary>
/// <remarks>The loader uses the tensors again: a batch is good until the next one is asked for.</remarks>
public sealed class Batch
{
    internal Batch(Tensor inputs, Tensor targets)
    {
        (Inputs, Targets) = (inputs, targets);
    }

    /// <summary>B×…, one input per sample.</summary>
    public Tensor Inputs { get; }

    /// <summary>Labels [B], or B×… target values.</summary>
    public Tensor Targets { get; }

    /// <summary>The number of samples B.</summary>
    public int Count => Inputs.Shape[0];

    /// <summary>Which epoch the batch belongs to, from 0.</summary>
    public int Epoch { get; internal set; }

    /// <summary>Which step of its epoch it is for, from 0.</summary>
    public int Step { get; internal set; }

    /// <summary>The batch on another device; the batch itself where it is there already.</summary>
    internal Batch To(Device device) => Inputs.Device == device
        ? this
        : new Batch(Inputs.To(device), Targets.To(device)) { Epoch = Epoch, Step = Step };
}
