using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>Logits N×C with targets: distributions like them, or a label for each row.</summary>
    public static void Targets(Tensor x, Tensor targets)
    {
        const string Operation = "SoftmaxCrossEntropy";
        if (x.Shape.Rank != 2)
        {
            throw new ShapeException($"{Operation} needs logits N×C, given {x.Shape}; Reshape them to rows of classes.");
        }

        if (targets.DType == DType.Int32)
        {
            IsA(DType.Int32, [x.Shape[0]], targets, x, Operation);
        }
        else
        {
            Alike(x, targets, Operation);
        }
    }

    /// <summary>Labels that are classes. Only for labels in main memory: reading them elsewhere would wait for the device.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not.</exception>
    public static void Labels(ReadOnlySpan<int> labels, int classes)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            if ((uint)labels[row] >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels), $"Label {labels[row]} at position {row} is not one of the {classes} classes 0 to {classes - 1}.");
            }
        }
    }
}
