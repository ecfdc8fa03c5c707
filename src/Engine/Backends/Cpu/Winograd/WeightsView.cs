namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// Weights K×C×3×3 as they are, or as the convolution that carries gradients back sees them: inputs and outputs
/// exchanged and the window turned by 180°.
/// </summary>
internal readonly unsafe struct WeightsView<T>
    where T : unmanaged
{
    private readonly T* w;

    private WeightsView(T* w, nint output, nint input, bool turned)
    {
        this.w = w;
        (Output, Input, IsTurned) = (output, input, turned);
    }

    /// <summary>From one output channel to the next.</summary>
    public nint Output { get; }

    /// <summary>From one input channel to the next.</summary>
    public nint Input { get; }

    /// <summary>Whether the taps are to be read last first.</summary>
    public bool IsTurned { get; }

    /// <summary>Weights that lead from C input channels to any number of outputs.</summary>
    public static WeightsView<T> Plain(T* w, int inputs) => new(w, inputs * 9, 9, false);

    /// <summary>The same weights for the way back, where they lead to <paramref name="outputs"/> channels: those that were inputs.</summary>
    public static WeightsView<T> Turned(T* w, int outputs) => new(w, 9, outputs * 9, true);

    /// <summary>The weights from a pair of channels on.</summary>
    public WeightsView<T> From(int output, int input) => new(Taps(output, input), Output, Input, IsTurned);

    /// <summary>The taps between two channels.</summary>
    public T* Taps(int output, int input) => w + (output * Output) + (input * Input);
}
