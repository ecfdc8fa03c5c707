namespace Native.Kernels.CuDnn;

/// <summary>
/// Prepared operations by shape: a network asks for the same few at every step, and only the first time costs anything.
/// </summary>
/// <param name="handle">The library. Not disposed here.</param>
public sealed class CuDnnPlans(CuDnnHandle handle) : IDisposable
{
    private readonly Dictionary<(CuDnnDataType, ConvolutionShape, MatrixMode), CuDnnConvolution> convolutions = [];
    private readonly Dictionary<(CuDnnDataType, CuDnnPoolingMode, PoolingShape), CuDnnPooling> poolings = [];
    private readonly Dictionary<(CuDnnDataType, CuDnnActivationMode, int), CuDnnActivation> activations = [];
    private readonly Dictionary<(CuDnnDataType, int, int), CuDnnSoftmax> softmaxes = [];
    private readonly Dictionary<(CuDnnDataType, TensorShape), CuDnnBatchNormalization> normalizations = [];

    /// <summary>The convolution of a shape.</summary>
    public CuDnnConvolution Convolution(CuDnnDataType type, in ConvolutionShape shape, MatrixMode mode = MatrixMode.Float32)
    {
        if (!convolutions.TryGetValue((type, shape, mode), out CuDnnConvolution? plan))
        {
            convolutions[(type, shape, mode)] = plan = new CuDnnConvolution(handle, type, shape, mode);
        }

        return plan;
    }

    /// <summary>The pooling of a shape.</summary>
    public CuDnnPooling Pooling(CuDnnDataType type, CuDnnPoolingMode mode, in PoolingShape shape)
    {
        if (!poolings.TryGetValue((type, mode, shape), out CuDnnPooling? plan))
        {
            poolings[(type, mode, shape)] = plan = new CuDnnPooling(handle, type, mode, shape);
        }

        return plan;
    }

    /// <summary>The activation of so many elements.</summary>
    public CuDnnActivation Activation(CuDnnDataType type, CuDnnActivationMode mode, int count)
    {
        if (!activations.TryGetValue((type, mode, count), out CuDnnActivation? plan))
        {
            activations[(type, mode, count)] = plan = new CuDnnActivation(handle, type, mode, count);
        }

        return plan;
    }

    /// <summary>The softmax of a matrix's rows.</summary>
    public CuDnnSoftmax Softmax(CuDnnDataType type, int rows, int columns)
    {
        if (!softmaxes.TryGetValue((type, rows, columns), out CuDnnSoftmax? plan))
        {
            softmaxes[(type, rows, columns)] = plan = new CuDnnSoftmax(handle, type, rows, columns);
        }

        return plan;
    }

    /// <summary>The batch normalization of a shape.</summary>
    public CuDnnBatchNormalization BatchNormalization(CuDnnDataType type, in TensorShape shape)
    {
        if (!normalizations.TryGetValue((type, shape), out CuDnnBatchNormalization? plan))
        {
            normalizations[(type, shape)] = plan = new CuDnnBatchNormalization(handle, type, shape);
        }

        return plan;
    }

    /// <summary>Gives all of them back.</summary>
    public void Dispose()
    {
        IEnumerable<IDisposable> all = [.. convolutions.Values, .. poolings.Values, .. activations.Values, .. softmaxes.Values, .. normalizations.Values];
        foreach (IDisposable plan in all)
        {
            plan.Dispose();
        }

        convolutions.Clear();
        poolings.Clear();
        activations.Clear();
        softmaxes.Clear();
        normalizations.Clear();
    }
}
