using Engine.Tensors;

namespace Engine.Backends;

/// <summary>The rows or columns of the input that one output is made of: First, First + Step … below End.</summary>
internal readonly record struct PoolingRange(int First, int End, int Step)
{
    public int Count => (End - First + Step - 1) / Step;
}

/// <summary>One axis of pooling. Padding is left out of every window.</summary>
internal readonly record struct PoolingAxis(int Inputs, int Outputs, int Kernel, int Stride, int Dilation, int Before)
{
    /// <summary>What the window at a position touches, without the padding.</summary>
    public PoolingRange this[int output]
    {
        get
        {
            int first = (output * Stride) - Before, end = Math.Min(first + (Kernel * Dilation), Inputs);

            // The first element at or behind the border, in steps of the dilation.
            return new PoolingRange(first >= 0 ? first : first + ((-first + Dilation - 1) / Dilation * Dilation), end, Dilation);
        }
    }

    /// <summary>True where windows lie side by side, so that no input is in two of them.</summary>
    public bool IsSideBySide => Stride == Kernel && Dilation == 1 && Before == 0 && Outputs * Kernel <= Inputs;

    /// <summary>The outputs, the end exclusive, whose windows do not reach over the border.</summary>
    public (int From, int To) Inside
    {
        get
        {
            int from = Math.Min((Before + Stride - 1) / Stride, Outputs), room = Inputs - 1 - ((Kernel - 1) * Dilation) + Before;
            return (from, room < 0 ? from : Math.Clamp((room / Stride) + 1, from, Outputs));
        }
    }

    /// <summary>The first position at which the window lies wholly in the padding; −1 where there is none.</summary>
    public int FirstEmpty()
    {
        for (int output = 0; output < Outputs; output++)
        {
            if (this[output].First >= this[output].End)
            {
                return output;
            }
        }

        return -1;
    }
}

/// <summary>The sizes of a pooling operation, made only where they fit.</summary>
internal readonly struct PoolingShape
{
    public PoolingShape(Tensor x, in Window window)
    {
        if (x.Shape.Rank != 4)
        {
            throw new ShapeException($"Pooling needs N×C×H×W, given {x.Shape}.");
        }

        Size2D input = new(x.Shape[2], x.Shape[3]), output = window.Output(input);
        if (output.Y < 1 || output.X < 1)
        {
            throw new ShapeException($"A pooling window of {window.Kernel} that reaches over {window.Extent} does not fit into {x.Shape} with its padding.");
        }

        Planes = x.Shape[0] * x.Shape[1];
        Output = [x.Shape[0], x.Shape[1], output.Y, output.X];
        Rows = new PoolingAxis(input.Y, output.Y, window.Kernel.Y, window.Stride.Y, window.Dilation.Y, window.Before.Y);
        Columns = new PoolingAxis(input.X, output.X, window.Kernel.X, window.Stride.X, window.Dilation.X, window.Before.X);
        if (Rows.FirstEmpty() >= 0 || Columns.FirstEmpty() >= 0)
        {
            throw new ShapeException(
                $"Pooling {x.Shape} with a window of {window.Kernel}, padding {window.Before} before and {window.After} after, has windows that see nothing but padding. Use less padding.");
        }
    }

    public Shape Output { get; }

    public PoolingAxis Rows { get; }

    public PoolingAxis Columns { get; }

    public int InputsPerPlane => Rows.Inputs * Columns.Inputs;

    public int OutputsPerPlane => Rows.Outputs * Columns.Outputs;

    public int Planes { get; }
}
