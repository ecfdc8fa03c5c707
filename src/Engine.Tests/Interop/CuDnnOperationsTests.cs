using Native.Kernels.CuDnn;
using Native.Kernels.Driver;
using PoolingShape = Native.Kernels.CuDnn.PoolingShape;

namespace Engine.Tests.Interop;

/// <summary>cuDNN's pooling, activations, softmax and batch normalization against the CPU's in Float64.</summary>
/// <remarks>
/// The stand-in computes in double and rounds once, so Float64 results agree to a few units in the last place; what is looked
/// for is an argument in the wrong place, which is never so close.
/// </remarks>
public sealed class CuDnnOperationsTests
{
    private const double Close = 1e-12;
    private static readonly Backend Cpu = Backend.Of(Device.Cpu);

    [StandInTest]
    public void Maximum_pooling_and_its_gradient_are_the_CPUs() => Pooling(CuDnnPoolingMode.Max);

    [StandInTest]
    public void Average_pooling_leaves_padding_out_as_the_CPU_does() => Pooling(CuDnnPoolingMode.Average);

    [StandInTest]
    public void Activations_and_their_gradients_are_their_formulas()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        double[] x = Normal(101, 1), g = Normal(101, 2);
        (CuDnnActivationMode Mode, Func<double, double> Function, Func<double, double> Slope)[] all =
        [
            (CuDnnActivationMode.Relu, v => Math.Max(v, 0), v => v > 0 ? 1 : 0),
            (CuDnnActivationMode.Sigmoid, v => 1 / (1 + Math.Exp(-v)), v => Math.Exp(-v) / Math.Pow(1 + Math.Exp(-v), 2)),
            (CuDnnActivationMode.Tanh, Math.Tanh, v => 1 - Math.Pow(Math.Tanh(v), 2)),
        ];
        foreach ((CuDnnActivationMode mode, Func<double, double> function, Func<double, double> slope) in all)
        {
            CuDnnActivation activation = plans.Activation(CuDnnDataType.Float64, mode, x.Length);
            CudaDeviceVariable<double> dx = device.Hold(x), y = device.Room<double>(x.Length), dg = device.Hold(g), result = device.Room<double>(x.Length);
            activation.Forward(dx.Address, y.Address);
            activation.Backward(dx.Address, y.Address, dg.Address, result.Address);
            Assert.That(y.ToArray(), Is.EqualTo(x.Select(function)).Within(Close), $"{mode}");
            Assert.That(result.ToArray(), Is.EqualTo(x.Zip(g, (v, u) => slope(v) * u)).Within(Close), $"{mode}");
        }
    }

    [StandInTest]
    public void NaN_is_not_lost_in_a_rectifier_or_a_maximum()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        CudaDeviceVariable<float> x = device.Hold([1f, float.NaN]), y = device.Room<float>(2);
        plans.Activation(CuDnnDataType.Float32, CuDnnActivationMode.Relu, 2).Forward(x.Address, y.Address);
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 1f, float.NaN }));
    }

    [StandInTest]
    public void Softmax_is_over_each_row_by_itself()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        const int Rows = 5, Columns = 7;
        double[] x = Normal(Rows * Columns, 3), g = Normal(Rows * Columns, 4);
        CuDnnSoftmax softmax = plans.Softmax(CuDnnDataType.Float64, Rows, Columns);
        CudaDeviceVariable<double> dx = device.Hold(x), y = device.Room<double>(x.Length), dg = device.Hold(g), result = device.Room<double>(x.Length);
        softmax.Forward(dx.Address, y.Address);
        softmax.Backward(y.Address, dg.Address, result.Address);
        Tensor expected = Tensor.Zeros([Rows, Columns], DType.Float64), gradient = Tensor.Zeros([Rows, Columns], DType.Float64);
        Cpu.SoftmaxForward(Filled(x, Rows, Columns), expected);
        Cpu.SoftmaxBackward(expected, Filled(g, Rows, Columns), gradient);
        Assert.That(y.ToArray(), Is.EqualTo(expected.AsSpan<double>().ToArray()).Within(Close));
        Assert.That(result.ToArray(), Is.EqualTo(gradient.AsSpan<double>().ToArray()).Within(Close));
    }

    [StandInTest]
    public void Batch_normalization_saves_the_mean_and_the_inverse_deviation_and_keeps_the_unbiased_variance()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        const double Epsilon = 1e-3;
        TensorShape shape = new(3, 2, 4, 5);
        const int M = 3 * 4 * 5;
        double[] x = Normal(120, 5), gamma = Normal(2, 6), beta = Normal(2, 7), g = Normal(120, 8);
        CuDnnBatchNormalization normalization = plans.BatchNormalization(CuDnnDataType.Float64, shape);
        CudaDeviceVariable<double> dx = device.Hold(x), scale = device.Hold(gamma), shift = device.Hold(beta), y = device.Room<double>(120);
        CudaDeviceVariable<double> mean = device.Room<double>(2), inverse = device.Room<double>(2);
        CudaDeviceVariable<double> runningMean = device.Hold([7.0, 7]), runningVariance = device.Hold([7.0, 7]);
        normalization.ForwardTraining(
            dx.Address, scale.Address, shift.Address, Epsilon, y.Address, mean.Address, inverse.Address, runningMean.Address, runningVariance.Address);

        Tensor input = Filled(x, 3, 2, 4, 5), cpuY = Like(input), cpuMean = Tensor.Zeros([2], DType.Float64), cpuVariance = Tensor.Zeros([2], DType.Float64);
        Cpu.BatchNormalizationForward(input, Filled(gamma, 2), Filled(beta, 2), Epsilon, cpuY, cpuMean, cpuVariance);
        double[] variance = cpuVariance.AsSpan<double>().ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(y.ToArray(), Is.EqualTo(cpuY.AsSpan<double>().ToArray()).Within(Close));
            Assert.That(mean.ToArray(), Is.EqualTo(cpuMean.AsSpan<double>().ToArray()).Within(Close));
            Assert.That(runningMean.ToArray(), Is.EqualTo(mean.ToArray()), "a factor of 1 keeps nothing of what was there");
            Assert.That(inverse.ToArray().Select(s => (1 / (s * s)) - Epsilon), Is.EqualTo(variance).Within(Close), "σ² = 1/s² − ε");
            Assert.That(runningVariance.ToArray().Select(v => v * (M - 1) / M), Is.EqualTo(variance).Within(Close), "σ² = v·(m − 1)/m");
        });

        Tensor cpuDx = Like(input), cpuDgamma = Filled(gamma, 2), cpuDbeta = Filled(beta, 2);
        Cpu.BatchNormalizationBackward(input, Filled(g, 3, 2, 4, 5), Filled(gamma, 2), cpuMean, cpuVariance, Epsilon, cpuDx, cpuDgamma, cpuDbeta);
        foreach ((nint savedMean, nint savedInverse) in ((nint, nint)[])[(mean.Address, inverse.Address), (0, 0)])
        {
            CudaDeviceVariable<double> gradient = device.Hold(g), result = device.Room<double>(120), dgamma = device.Hold(gamma), dbeta = device.Hold(beta);
            normalization.Backward(
                dx.Address, gradient.Address, scale.Address, Epsilon, savedMean, savedInverse, result.Address, dgamma.Address, dbeta.Address);
            Assert.Multiple(() =>
            {
                Assert.That(result.ToArray(), Is.EqualTo(cpuDx.AsSpan<double>().ToArray()).Within(Close));
                Assert.That(dgamma.ToArray(), Is.EqualTo(cpuDgamma.AsSpan<double>().ToArray()).Within(1e-10), "added to");
                Assert.That(dbeta.ToArray(), Is.EqualTo(cpuDbeta.AsSpan<double>().ToArray()).Within(1e-10), "added to");
            });
        }
    }

    [StandInTest]
    public void Batch_normalization_in_use_takes_mean_and_variance_as_they_are()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        double[] x = Normal(12, 1), gamma = [2, 3, 4], beta = [1, 0, -1], mean = [0.5, 1, 2], variance = [1, 4, 9];
        CudaDeviceVariable<double> y = device.Room<double>(12);
        plans.BatchNormalization(CuDnnDataType.Float64, new TensorShape(4, 3, 1, 1)).ForwardInference(
            device.Hold(x).Address, device.Hold(gamma).Address, device.Hold(beta).Address, device.Hold(mean).Address, device.Hold(variance).Address, 0.25, y.Address);
        Tensor expected = Tensor.Zeros([4, 3], DType.Float64);
        Cpu.BatchNormalizationInference(Filled(x, 4, 3), Filled(gamma, 3), Filled(beta, 3), Filled(mean, 3), Filled(variance, 3), 0.25, expected);
        Assert.That(y.ToArray(), Is.EqualTo(expected.AsSpan<double>().ToArray()).Within(Close));
    }

    [StandInTest("ENGINE_STANDIN_FAIL=cudnnCreate=1001")]
    public void A_handle_that_cannot_be_made_says_why_and_leaves_nothing_behind()
    {
        using StandInDevice device = new();
        Assert.That(() => new CuDnnHandle(device.Stream), Throws.TypeOf<CuDnnException>().With.Message.Contains("CUDNN_STATUS_NOT_INITIALIZED"));
    }

    private static void Pooling(CuDnnPoolingMode mode)
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        PoolingShape shape = new() { N = 2, C = 3, H = 7, W = 6, KernelY = 3, KernelX = 2, StrideY = 2, StrideX = 1, PadTop = 1, PadBottom = 1, PadLeft = 1, PadRight = 1 };
        Window window = new(new(3, 2), new(2, 1), new(1, 1), new(1, 1), new(1, 1));
        double[] x = Normal(2 * 3 * 7 * 6, 9);
        Tensor input = Filled(x, 2, 3, 7, 6), expected = Tensor.Zeros([2, 3, shape.OutputH, shape.OutputW], DType.Float64), expectedGradient = Like(input);
        double[] g = Normal(expected.ElementCount, 10);
        Tensor gradient = Filled(g, 2, 3, shape.OutputH, shape.OutputW);
        if (mode == CuDnnPoolingMode.Max)
        {
            Tensor argMax = Tensor.Zeros(expected.Shape, DType.Int32);
            Cpu.MaxPoolingForward(input, window, expected, argMax);
            Cpu.MaxPoolingBackward(gradient, argMax, window, expectedGradient);
        }
        else
        {
            Cpu.AveragePoolingForward(input, window, expected);
            Cpu.AveragePoolingBackward(gradient, window, expectedGradient);
        }

        CuDnnPooling pooling = plans.Pooling(CuDnnDataType.Float64, mode, shape);
        CudaDeviceVariable<double> dx = device.Hold(x), y = device.Room<double>(g.Length), dg = device.Hold(g), result = device.Room<double>(x.Length);
        pooling.Forward(dx.Address, y.Address);
        pooling.Backward(dx.Address, y.Address, dg.Address, result.Address);
        Assert.That(y.ToArray(), Is.EqualTo(expected.AsSpan<double>().ToArray()).Within(Close));
        Assert.That(result.ToArray(), Is.EqualTo(expectedGradient.AsSpan<double>().ToArray()).Within(Close));
    }

    private static double[] Normal(int count, ulong seed)
    {
        Philox random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
    }

    private static Tensor Filled(double[] values, params int[] shape)
    {
        Tensor tensor = Tensor.Zeros(new Shape(shape), DType.Float64);
        values.CopyTo(tensor.AsSpan<double>());
        return tensor;
    }

    private static Tensor Like(Tensor tensor) => Tensor.Zeros(tensor.Shape, tensor.DType);
}
