using System.Runtime.InteropServices;
using Native.Kernels;
using Native.Kernels.CuBlas;
using Native.Kernels.Driver;
using Native.Kernels.Libraries;

namespace Engine.Tests.Interop;

/// <summary>cuBLAS' bindings against a library that multiplies in plain loops, column after column.</summary>
public sealed class CuBlasTests
{
    private const int Trials = 200;

    [StandInTest]
    public void Row_major_products_of_any_transposition_batch_and_stride_are_those_of_the_definition_in_Float32() =>
        EachRandomProduct((random, device, blas, shape, sizes) =>
        {
            float[] a = Whole.Floats(random, sizes.A), b = Whole.Floats(random, sizes.B), y = Whole.Floats(random, sizes.Y);
            int alpha = random.NextInt(3), beta = random.NextInt(3);
            using CudaDeviceVariable<float> da = device.Context.Allocate<float>(a), db = device.Context.Allocate<float>(b), dy = device.Context.Allocate<float>(y);
            double[] expected = Expected(shape, alpha, [.. a], [.. b], beta, [.. y]);
            blas.Gemm(CudaDataType.Float32, shape, alpha, da.Address, db.Address, beta, dy.Address, (MatrixMode)random.NextInt(3));
            return (dy.ToArray().Select(value => (double)value).ToArray(), expected);
        });

    [StandInTest]
    public void Row_major_products_of_any_transposition_batch_and_stride_are_those_of_the_definition_in_Float64() =>
        EachRandomProduct((random, device, blas, shape, sizes) =>
        {
            double[] a = Whole.Doubles(random, sizes.A), b = Whole.Doubles(random, sizes.B), y = Whole.Doubles(random, sizes.Y);
            int alpha = random.NextInt(3), beta = random.NextInt(3);
            using CudaDeviceVariable<double> da = device.Context.Allocate<double>(a), db = device.Context.Allocate<double>(b), dy = device.Context.Allocate<double>(y);
            double[] expected = Expected(shape, alpha, a, b, beta, y);
            blas.Gemm(CudaDataType.Float64, shape, alpha, da.Address, db.Address, beta, dy.Address);
            return (dy.ToArray(), expected);
        });

    [StandInTest]
    public void Beta_zero_does_not_look_at_what_was_there()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        CudaDeviceVariable<float> one = device.Hold([2f]), y = device.Room<float>(1);
        blas.Gemm(CudaDataType.Float32, new GemmShape(1, 1, 1), 1, one.Address, one.Address, 0, y.Address);
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 4f }), "and not NaN");
    }

    // 1 + 2⁻¹² needs 12 bits of significand beyond the first: Float32 keeps it, TF32 (10) and bfloat16 (7) do not; 1 + 2⁻⁹
    // survives in TF32 alone.
    [StandInTest]
    public void The_mode_decides_how_many_bits_of_the_operands_count()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        float fine = 1 + MathF.Pow(2, -12), coarse = 1 + MathF.Pow(2, -9);
        Assert.Multiple(() =>
        {
            Assert.That(Product(fine, MatrixMode.Float32), Is.EqualTo(fine));
            Assert.That(Product(fine, MatrixMode.TensorFloat32), Is.EqualTo(1f));
            Assert.That(Product(coarse, MatrixMode.TensorFloat32), Is.EqualTo(coarse));
            Assert.That(Product(coarse, MatrixMode.BFloat16), Is.EqualTo(1f));
        });

        float Product(float value, MatrixMode mode)
        {
            CudaDeviceVariable<float> a = device.Hold([value, value]), b = device.Hold([1f, 1f]), y = device.Room<float>(2);
            blas.Gemm(CudaDataType.Float32, new GemmShape(1, 1, 1), 1, a.Address, b.Address, 0, y.Address, mode);
            float single = y.ToArray()[0];
            blas.Gemm(CudaDataType.Float32, GemmShape.Batched(2, 1, 1, 1, false, false, false), 1, a.Address, b.Address, 0, y.Address, mode);
            Assert.That(y.ToArray(), Is.EqualTo(new[] { single, single }), "a batch is computed alike");
            return single;
        }
    }

    [StandInTest]
    public void The_workspace_outlives_a_change_of_stream()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        CudaDeviceVariable<byte> workspace = device.Room<byte>(1024);
        blas.SetWorkspace(workspace.Address, 1024);
        using CudaStream other = device.Context.CreateStream();
        blas.SetStream(other);
        Assert.That(Workspace(blas.Value), Is.EqualTo(workspace.Address));
    }

    [StandInTest]
    public void A_workspace_that_is_not_aligned_is_refused()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        CudaDeviceVariable<byte> workspace = device.Room<byte>(1024);
        Assert.That(
            () => blas.SetWorkspace(workspace.Address + 8, 512),
            Throws.TypeOf<CuBlasException>().With.Property("Status").EqualTo(CuBlasStatus.InvalidValue));
    }

    [StandInTest]
    public void A_captured_product_is_done_at_each_launch()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        CudaDeviceVariable<float> a = device.Hold([3f]), y = device.Hold([1f]);
        device.Stream.BeginCapture();
        blas.Gemm(CudaDataType.Float32, new GemmShape(1, 1, 1), 1, a.Address, a.Address, 1, y.Address);
        using CudaGraph graph = device.Stream.EndCapture();
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 1f }));
        graph.Launch(device.Stream);
        graph.Launch(device.Stream);
        Assert.That(y.ToArray(), Is.EqualTo(new[] { 19f }));
    }

    [StandInTest]
    public void A_refused_product_names_the_call_its_arguments_and_the_librarys_words()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        nint memory = device.Room<float>(64).Address;
        Assert.That(
            () => blas.Sgemm(4, 4, 4, 1, new(memory, 3), new(memory, 4), 0, new(memory, 4)),
            Throws.TypeOf<CuBlasException>().With.Message.EqualTo(
                "cublasSgemm(m 4, n 4, k 4, A (leading dimension 3), B (leading dimension 4), C (leading dimension 4), batch 1) failed: "
                + "CUBLAS_STATUS_INVALID_VALUE: an unsupported value or parameter was passed to the function. See `engine doctor`."));
    }

    [StandInTest("ENGINE_STANDIN_FAIL=cublasCreate_v2=3")]
    public void A_handle_for_which_there_is_no_memory_is_refused_and_leaves_nothing_behind()
    {
        using StandInDevice device = new();
        Assert.That(
            () => new CuBlasHandle(device.Stream), Throws.TypeOf<CuBlasException>().With.Message.Contains("CUBLAS_STATUS_ALLOC_FAILED"));
    }

    [StandInTest]
    public void Every_product_reports_its_own_failure()
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        nint memory = device.Room<double>(8).Address;
        GemmShape single = new(1, 1, 1), batch = GemmShape.Batched(2, 1, 1, 1, false, false, true);
        (string Call, Action Act)[] products =
        [
            ("cublasSgemm", () => blas.Gemm(CudaDataType.Float32, single, 1, memory, memory, 0, memory)),
            ("cublasDgemm", () => blas.Gemm(CudaDataType.Float64, single, 1, memory, memory, 0, memory)),
            ("cublasSgemmStridedBatched", () => blas.Gemm(CudaDataType.Float32, batch, 1, memory, memory, 0, memory)),
            ("cublasDgemmStridedBatched", () => blas.Gemm(CudaDataType.Float64, batch, 1, memory, memory, 0, memory)),
            ("cublasGemmEx", () => blas.Gemm(CudaDataType.Float32, single, 1, memory, memory, 0, memory, MatrixMode.TensorFloat32)),
            ("cublasGemmStridedBatchedEx", () => blas.Gemm(CudaDataType.Float32, batch, 1, memory, memory, 0, memory, MatrixMode.BFloat16)),
        ];
        foreach ((string call, Action act) in products)
        {
            string export = call is "cublasSgemm" or "cublasDgemm" ? call + "_v2" : call;
            StandInDevice.Fail(NativeLibraries.CuBlas, export, (int)CuBlasStatus.ExecutionFailed);
            Assert.That(act, Throws.TypeOf<CuBlasException>().With.Property("Call").EqualTo(call));
            StandInDevice.Fail(NativeLibraries.CuBlas, export, 0);
            Assert.That(act, Throws.Nothing, call);
        }
    }

    private delegate (double[] Actual, double[] Expected) Trial(
        Philox random, StandInDevice device, CuBlasHandle blas, GemmShape shape, (int A, int B, int Y) sizes);

    private static void EachRandomProduct(Trial trial)
    {
        using StandInDevice device = new();
        using CuBlasHandle blas = new(device.Stream);
        blas.SetWorkspace(device.Room<byte>(4096).Address, 4096);
        ulong seed = (ulong)Environment.TickCount64;
        Philox random = new(seed);
        for (int i = 0; i < Trials; i++)
        {
            int m = 1 + random.NextInt(7), n = 1 + random.NextInt(7), k = 1 + random.NextInt(7), batch = 1 + random.NextInt(3);
            bool sharedB = random.NextInt(2) == 0;

            // Gaps between the matrices of a batch, so that a stride counts.
            GemmShape shape = GemmShape.Batched(batch, m, n, k, random.NextInt(2) == 0, random.NextInt(2) == 0, sharedB);
            shape = shape with
            {
                StrideA = shape.StrideA + random.NextInt(3),
                StrideB = sharedB ? 0 : shape.StrideB + random.NextInt(3),
                StrideY = shape.StrideY + random.NextInt(3),
            };
            (int, int, int) sizes = (
                (int)(shape.StrideA * (batch - 1)) + (m * k), (int)(shape.StrideB * (batch - 1)) + (k * n), (int)(shape.StrideY * (batch - 1)) + (m * n));
            (double[] actual, double[] expected) = trial(random, device, blas, shape, sizes);
            Assert.That(actual, Is.EqualTo(expected), $"{shape}, seed {seed}, trial {i}");
        }
    }

    // The definition: y[i, j] = α·Σ op(a)[i, l]·op(b)[l, j] + β·y[i, j], everything row after row.
    private static double[] Expected(GemmShape s, double alpha, double[] a, double[] b, double beta, double[] y)
    {
        double[] result = [.. y];
        for (int batch = 0; batch < s.Batch; batch++)
        {
            for (int i = 0; i < s.M; i++)
            {
                for (int j = 0; j < s.N; j++)
                {
                    double sum = 0;
                    for (int l = 0; l < s.K; l++)
                    {
                        sum += a[(batch * s.StrideA) + (s.TransposeA ? (l * s.M) + i : (i * s.K) + l)]
                            * b[(batch * s.StrideB) + (s.TransposeB ? (j * s.K) + l : (l * s.N) + j)];
                    }

                    long at = (batch * s.StrideY) + (i * s.N) + j;
                    result[at] = (alpha * sum) + (beta * y[at]);
                }
            }
        }

        return result;
    }

    private static unsafe nint Workspace(nint handle)
    {
        nint library = NativeLibrary.Load(Path.Combine(StandInProcess.Folder, "libcublas.so.13"));
        return ((delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(library, "standin_cublas_workspace"))(handle);
    }
}
