using Native.Kernels;
using Native.Kernels.CuDnn;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Tests.Interop;

/// <summary>cuDNN's convolution against its definition, on whole numbers, bit for bit.</summary>
public sealed class CuDnnConvolutionTests
{
    private const int Trials = 60;

    [StandInTest]
    public void Forward_and_both_backward_operations_are_those_of_the_definition_in_Float32() =>
        EachRandomShape(CuDnnDataType.Float32, Whole.Floats, value => value);

    [StandInTest]
    public void Forward_and_both_backward_operations_are_those_of_the_definition_in_Float64() =>
        EachRandomShape(CuDnnDataType.Float64, Whole.Doubles, value => value);

    [StandInTest]
    public void Bias_and_rectifier_are_fused_where_the_library_has_it()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        ConvolutionShape shape = new() { N = 2, C = 3, H = 5, W = 4, K = 4, R = 3, S = 2, PadTop = 1, PadBottom = 1 };
        using CuDnnConvolution convolution = new(dnn, CuDnnDataType.Float32, shape);
        Philox random = new(1);
        float[] x = Whole.Floats(random, Count(shape.Input)), w = Whole.Floats(random, Count(shape.Weights)), bias = Whole.Floats(random, shape.K);
        double[] expected = ConvolutionDefinition.Forward(shape, [.. x], [.. w]);
        int plane = shape.OutputH * shape.OutputW;
        expected = [.. expected.Select((value, i) => Math.Max(0, value + bias[i / plane % shape.K]))];
        nint workspace = device.Room<byte>((int)convolution.ForwardWorkspaceBytes).Address;
        CudaDeviceVariable<float> dx = device.Hold(x), dw = device.Hold(w), db = device.Hold(bias), dy = device.Room<float>(expected.Length);
        Assert.That(convolution.TryForwardBiasRelu(dx.Address, dw.Address, db.Address, dy.Address, workspace), Is.True);
        Assert.That(dy.ToArray(), Is.EqualTo(expected));

        StandInDevice.Fail(NativeLibraries.CuDnn, "cudnnConvolutionBiasActivationForward", 3002);
        Assert.That(convolution.TryForwardBiasRelu(dx.Address, dw.Address, db.Address, dy.Address, workspace), Is.False, "not supported for this shape");
        StandInDevice.Fail(NativeLibraries.CuDnn, "cudnnConvolutionBiasActivationForward", 5000);
        Assert.That(
            () => convolution.TryForwardBiasRelu(dx.Address, dw.Address, db.Address, dy.Address, workspace),
            Throws.TypeOf<CuDnnException>().With.Property("Status").EqualTo(CuDnnStatus.ExecutionFailed));
    }

    // 1 + 2⁻¹² needs more bits than TF32 has.
    [StandInTest]
    public void Float32_stays_Float32_unless_TF32_is_asked_for()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        float fine = 1 + MathF.Pow(2, -12);
        Assert.Multiple(() =>
        {
            Assert.That(Results(MatrixMode.Float32), Is.EqualTo(new[] { fine, fine, fine }));
            Assert.That(Results(MatrixMode.TensorFloat32), Is.EqualTo(new[] { 1f, 1f, 1f }));
            Assert.That(Results(MatrixMode.BFloat16), Is.EqualTo(new[] { 1f, 1f, 1f }), "TF32 too");
        });

        float[] Results(MatrixMode mode)
        {
            CuDnnConvolution one = plans.Convolution(CuDnnDataType.Float32, new ConvolutionShape { N = 1, C = 1, H = 1, W = 1, K = 1, R = 1, S = 1 }, mode);
            nint workspace = device.Room<byte>(512).Address;
            CudaDeviceVariable<float> value = device.Hold([fine]), unit = device.Hold([1f]), y = device.Room<float>(1), dx = device.Room<float>(1), dw = device.Room<float>(1);
            one.Forward(value.Address, unit.Address, y.Address, workspace);
            one.BackwardData(value.Address, unit.Address, dx.Address, workspace);
            one.BackwardFilter(value.Address, unit.Address, dw.Address, workspace, beta: 0);
            return [y.ToArray()[0], dx.ToArray()[0], dw.ToArray()[0]];
        }
    }

    [StandInTest]
    public void A_shape_is_prepared_once()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnPlans plans = new(dnn);
        ConvolutionShape shape = new() { N = 1, C = 1, H = 3, W = 3, K = 1, R = 2, S = 2 };
        CuDnnConvolution first = plans.Convolution(CuDnnDataType.Float32, shape);
        Assert.That(plans.Convolution(CuDnnDataType.Float32, shape), Is.SameAs(first));
        Assert.That(plans.Convolution(CuDnnDataType.Float64, shape), Is.Not.SameAs(first));
        Assert.That(plans.Convolution(CuDnnDataType.Float32, shape with { StrideX = 2 }), Is.Not.SameAs(first));
    }

    [StandInTest]
    public void Where_no_algorithm_is_modest_enough_the_shape_is_named()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnConvolution greedy = new(
            dnn, CuDnnDataType.Float32, new ConvolutionShape { N = 1, C = 1, H = 3, W = 3, K = 1, R = 2, S = 2 }, workspaceLimit: 100);
        Assert.That(
            () => greedy.ForwardWorkspaceBytes,
            Throws.TypeOf<CuDnnException>().With.Message.Contains("1×1×3×3 ∗ 1×1×2×2").And.Message.Contains("none of 4 algorithms is deterministic within 100 bytes"));
    }

    [StandInTest]
    public void A_workspace_that_is_missing_is_refused_with_the_librarys_words()
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        using CuDnnConvolution convolution = new(dnn, CuDnnDataType.Float32, new ConvolutionShape { N = 1, C = 1, H = 1, W = 1, K = 1, R = 1, S = 1 });
        nint memory = device.Room<float>(1).Address;
        Assert.That(
            () => convolution.Forward(memory, memory, memory, workspace: 0),
            Throws.TypeOf<CuDnnException>().With.Message.StartsWith("cudnnConvolutionForward(1×1×1×1 ∗").And.Message.Contains(": workspace"));
    }

    [TestCase(0, 1, 3, 2, false, TestName = "Padding_only_below_that_the_window_reaches_is_not_cuDNNs")]
    [TestCase(1, 0, 3, 2, true, TestName = "Padding_only_above_is_cuDNNs_where_the_window_never_reaches_below")]
    [TestCase(1, 1, 3, 1, true, TestName = "Equal_padding_is_cuDNNs")]
    [TestCase(0, 0, 40, 1, false, TestName = "A_window_larger_than_the_image_is_not_cuDNNs")]
    public void Supported(int top, int bottom, int kernel, int stride, bool expected) => Assert.That(
        CuDnnConvolution.Supports(new ConvolutionShape { N = 1, C = 1, H = 32, W = 32, K = 1, R = kernel, S = 1, PadTop = top, PadBottom = bottom, StrideY = stride }),
        Is.EqualTo(expected));

    private static int Count(TensorShape shape) => shape.N * shape.C * shape.H * shape.W;

    private static void EachRandomShape<T>(CuDnnDataType type, Func<Philox, int, T[]> numbers, Func<T, double> widen)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        using StandInDevice device = new();
        using CuDnnHandle dnn = new(device.Stream);
        ulong seed = (ulong)Environment.TickCount64;
        Philox random = new(seed);
        for (int i = 0; i < Trials; i++)
        {
            ConvolutionShape shape = RandomShape(random);
            using CuDnnConvolution convolution = new(dnn, type, shape);
            T[] x = numbers(random, Count(shape.Input)), w = numbers(random, Count(shape.Weights)), g = numbers(random, Count(shape.Output));
            using CudaDeviceVariable<T> xs = device.Context.Allocate<T>(x), ws = device.Context.Allocate<T>(w), gs = device.Context.Allocate<T>(g);
            using CudaDeviceVariable<T> y = device.Context.Allocate<T>(g.Length), dx = device.Context.Allocate<T>(x.Length), dw = device.Context.Allocate<T>(w);
            using CudaDeviceVariable<byte> workspace = device.Context.Allocate<byte>(4096);
            Assert.That(convolution.ForwardWorkspaceBytes + convolution.BackwardDataWorkspaceBytes + convolution.BackwardFilterWorkspaceBytes, Is.EqualTo((nuint)1536));
            convolution.Forward(xs.Address, ws.Address, y.Address, workspace.Address);
            convolution.BackwardData(ws.Address, gs.Address, dx.Address, workspace.Address);
            convolution.BackwardFilter(xs.Address, gs.Address, dw.Address, workspace.Address);

            double[] wide = [.. x.Select(widen)], weights = [.. w.Select(widen)], gradient = [.. g.Select(widen)];
            string where = $"{shape}, seed {seed}, trial {i}";
            Assert.That(y.ToArray().Select(widen), Is.EqualTo(ConvolutionDefinition.Forward(shape, wide, weights)), where);
            Assert.That(dx.ToArray().Select(widen), Is.EqualTo(ConvolutionDefinition.BackwardData(shape, weights, gradient)), where);
            double[] expected = ConvolutionDefinition.BackwardFilter(shape, wide, gradient);
            Assert.That(dw.ToArray().Select(widen), Is.EqualTo(expected.Zip(weights, (sum, before) => sum + before)), $"added: {where}");
        }
    }

    private static ConvolutionShape RandomShape(Philox random)
    {
        while (true)
        {
            int groups = 1 + random.NextInt(3), top = random.NextInt(3), left = random.NextInt(3);
            ConvolutionShape shape = new()
            {
                N = 1 + random.NextInt(3),
                C = groups * (1 + random.NextInt(2)),
                H = 1 + random.NextInt(8),
                W = 1 + random.NextInt(8),
                K = groups * (1 + random.NextInt(2)),
                R = 1 + random.NextInt(3),
                S = 1 + random.NextInt(3),
                StrideY = 1 + random.NextInt(3),
                StrideX = 1 + random.NextInt(3),
                DilationY = 1 + random.NextInt(2),
                DilationX = 1 + random.NextInt(2),
                PadTop = top,
                PadBottom = top,
                PadLeft = left,
                PadRight = left,
                Groups = groups,
            };
            if (CuDnnConvolution.Supports(shape))
            {
                return shape;
            }
        }
    }
}
