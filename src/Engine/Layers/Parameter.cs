using Engine.Backends;
using Engine.Tensors;

namespace Engine.Layers;

/// <summary>
/// A tensor that belongs to a layer: a weight learned by gradient descent, or a statistic gathered while training.
/// </summary>
public sealed class Parameter
{
    private readonly Func<Tensor>? create;
    private Tensor? value;
    private DType first = DType.Float32;
    private Tensor? gradient;
    private GradientState state;
    private bool beginsWithProduct;

    /// <summary>A parameter with its first value.</summary>
    /// <param name="name">What the layer calls it: "weight", "bias" …</param>
    /// <param name="value">Its value; must outlive steps.</param>
    /// <param name="isStatistic">True for what is gathered, not learned: a running mean. It has no gradient.</param>
    public Parameter(string name, Tensor value, bool isStatistic = false)
    {
        Name = name;
        this.value = value;
        Shape = value.Shape;
        IsStatistic = isStatistic;
    }

    /// <summary>A learned parameter whose first value is made once it is asked for.</summary>
    /// <remarks>A hundred million random numbers take seconds; who only counts them, or loads others in their place, need not wait.</remarks>
    /// <param name="name">What the layer calls it.</param>
    /// <param name="shape">The shape of its value.</param>
    /// <param name="create">Makes the value; see <see cref="Initializers.Initializer.Later"/>.</param>
    public Parameter(string name, Shape shape, Func<Tensor> create)
    {
        Name = name;
        Shape = shape;
        this.create = create;
    }

    /// <summary>The name within the layer.</summary>
    public string Name { get; }

    /// <summary>The shape of the value and of its gradient.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the value.</summary>
    public DType DType => value?.DType ?? first;

    /// <summary>The value θ.</summary>
    public Tensor Value
    {
        get => value ?? Create();
        private set => this.value = value;
    }

    /// <summary>∂L/∂θ, summed over every use of the parameter since <see cref="ZeroGradient"/>.</summary>
    /// <remarks>
    /// Ask for it anew in every step: where a product is the first to add to a gradient, as in a dense layer, the gradient
    /// is not set to zero before but overwritten, and its memory holds the last step's until then.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The parameter is a statistic.</exception>
    public Tensor Gradient
    {
        get
        {
            if (IsStatistic)
            {
                throw new InvalidOperationException($"'{Name}' is a statistic, which has no gradient.");
            }

            if (gradient is null)
            {
                // Gradients outlive the step in which they are first asked for.
                using OutsideScope _ = StepScope.Outside(Value.Device);
                gradient = Tensor.Zeros(Value.Shape, Value.DType, Value.Device);
            }
            else if (state == GradientState.ToBeOverwritten)
            {
                Backend.Of(gradient).Fill(0, gradient);
                beginsWithProduct = false;
            }

            // Who asks may add to it.
            state = GradientState.InUse;
            return gradient;
        }
    }

    /// <summary>The gradient's memory if it was ever asked for.</summary>
    internal Tensor? GradientIfAny => gradient;

    /// <summary>True for what is gathered, not learned.</summary>
    public bool IsStatistic { get; }

    /// <summary>Set to false to freeze the parameter: it then accumulates no gradient, and optimizers pass it by.</summary>
    public bool Trainable { get; set; } = true;

    /// <summary>True for a value in a form that only one device reads: it is neither converted nor moved nor replaced.</summary>
    internal bool IsFixed { get; init; }

    /// <summary>True when gradients are wanted: not a statistic, not frozen.</summary>
    public bool Learns => Trainable && !IsStatistic;

    /// <summary>∂L/∂θ += op(a)·op(b).</summary>
    public void Accumulate(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        if (!Learns)
        {
            return;
        }

        bool isFirst = state != GradientState.InUse;
        Tensor sum = state == GradientState.ToBeOverwritten ? gradient! : Gradient;
        Backend.Of(a, b).MatMul(a, b, sum, transposeA, transposeB, accumulate: state != GradientState.ToBeOverwritten);
        beginsWithProduct |= isFirst;
        state = GradientState.InUse;
    }

    /// <summary>∂L/∂θ += g for a g of the parameter's own shape.</summary>
    public void Accumulate(Tensor g)
    {
        if (Learns)
        {
            Backend.Of(g, Value).AddScaled(1, g, 1, Gradient);
        }
    }

    /// <summary>∂L/∂θ += Σ g over batch and positions, for a parameter with one number per channel (axis 1 of g).</summary>
    public void AccumulateSum(Tensor g)
    {
        if (Learns)
        {
            Backend.Of(g, Value).AccumulateBiasGradient(g, Gradient);
        }
    }

    /// <summary>Sets the gradient to zero, as before every step.</summary>
    public void ZeroGradient()
    {
        if (BeginGradient() is { } stale)
        {
            Backend.Of(stale).Fill(0, stale);
        }
    }

    /// <summary>Begins a new sum.</summary>
    /// <returns>The gradient, which the caller sets to zero; null where there is none yet, or where a product will overwrite it.</returns>
    internal Tensor? BeginGradient()
    {
        state = beginsWithProduct && gradient is not null ? GradientState.ToBeOverwritten : GradientState.Zero;
        return state == GradientState.Zero ? gradient : null;
    }

    /// <summary>Copies a tensor of the same shape into the value, rounding it where the types differ.</summary>
    /// <exception cref="ShapeException">The shape is another.</exception>
    public void CopyFrom(Tensor source)
    {
        RequireLoose();
        if (source.Shape != Shape)
        {
            throw new ShapeException($"Parameter '{Name}' is {Shape}, given {source.Shape}.");
        }

        if (value is null)
        {
            // Who brings a value needs none drawn.
            using OutsideScope _ = StepScope.Outside(Device.Cpu);
            value = new Tensor(Shape, first);
        }

        source.To(value.DType).CopyTo(value);
    }

    /// <summary>Takes a tensor that nobody else has for its value where it has none yet; else, and where the types differ, copies it.</summary>
    /// <param name="source">A tensor of the same shape, in main memory, that outlives steps.</param>
    /// <exception cref="ShapeException">The shape is another.</exception>
    internal void Adopt(Tensor source)
    {
        if (value is null && source.Shape == Shape && source.DType == first)
        {
            value = source;
        }
        else
        {
            CopyFrom(source);
        }
    }

    /// <summary>Converts the value to another element type. The gradient starts at zero again.</summary>
    public void ConvertTo(DType dtype)
    {
        if (value is null)
        {
            first = dtype;
        }
        else if (value.DType != dtype)
        {
            RequireLoose();
            using OutsideScope _ = StepScope.Outside(Value.Device);
            Value = Value.To(dtype);
            ForgetGradient();
        }
    }

    /// <summary>Moves the value to another device. The gradient starts at zero again.</summary>
    public void MoveTo(Device device)
    {
        if (Value.Device != device)
        {
            RequireLoose();
            using OutsideScope here = StepScope.Outside(Value.Device);
            using OutsideScope there = StepScope.Outside(device);
            Value = Value.To(device);
            ForgetGradient();
        }
    }

    /// <summary>Name, type and shape.</summary>
    public override string ToString() => $"{Name}: {DType} {Shape}";

    private void RequireLoose()
    {
        if (IsFixed)
        {
            throw new InvalidOperationException($"'{Name}' is frozen. Convert, move or load the network that it was made of, and freeze that.");
        }
    }

    private void ForgetGradient()
    {
        gradient = null;
        state = GradientState.Zero;
    }

    // Of two threads that ask first at the same time, both get the same tensor.
    private Tensor Create()
    {
        using OutsideScope _ = StepScope.Outside(Device.Cpu);
        Tensor created = create!().To(first);
        return Interlocked.CompareExchange(ref value, created, null) ?? created;
    }

    private enum GradientState
    {
        /// <summary>Nothing was added yet, and the memory, if there is any, is zero.</summary>
        Zero,

        /// <summary>Nothing was added yet, and the memory holds what it held.</summary>
        ToBeOverwritten,

        /// <summary>Something was added, or may have been.</summary>
        InUse,
    }
}
