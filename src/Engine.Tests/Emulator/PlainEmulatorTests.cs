using Native.Kernels.Driver;

namespace Engine.Tests.Emulator;

/// <summary>What the fast emulator catches: what the processor itself notices, barriers, and launches that no device would take.</summary>
[RequiresEmulator]
[TestFixture]
internal sealed class PlainEmulatorTests
{
    private TestKernels kernels = null!;

    [OneTimeSetUp]
    public void Load() => kernels = new TestKernels(isChecked: false);

    [OneTimeTearDown]
    public void Unload() => kernels.Dispose();

    [Test]
    public void A_null_pointer_is_a_finding_and_not_the_end_of_the_process()
    {
        using CudaDeviceVariable<float> x = kernels.Context.Allocate<float>(64, "x");
        var found = Assert.Throws<CudaException>(() => kernels.Kernel("no_tail_right").Launch(kernels.Stream, 1, 64, 0, x, (nint)0, 64))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.Result, Is.EqualTo(CudaResult.IllegalAddress));
            Assert.That(found.Message, Does.Contain("a null pointer").And.Contain(TestKernels.LineOf("no_tail")));
        }
    }

    [Test]
    public void Null_references_in_managed_code_are_still_exceptions()
    {
        A_null_pointer_is_a_finding_and_not_the_end_of_the_process();
        string? nothing = TestContext.CurrentContext.Test.Arguments.Length > 0 ? "" : null;
        Assert.Throws<NullReferenceException>(() => _ = nothing!.Length);
    }

    [Test]
    public void An_integer_divided_by_zero_is_a_finding()
    {
        using CudaDeviceVariable<float> x = kernels.Context.Allocate<float>(new float[] { 1 }, "x");
        using CudaDeviceVariable<float> y = kernels.Context.Allocate<float>(1, "y");
        var found = Assert.Throws<CudaException>(() => kernels.Kernel("divide").Launch(kernels.Stream, 1, 1, 0, x, y, -1))!;
        Assert.That(found.Message, Does.Contain("divides an integer by zero").And.Contain(TestKernels.LineOf("divide")));
    }

    [Test]
    public void A_kernel_that_does_not_end_is_given_up()
    {
        kernels.Driver.SetOption("timeout", 1);
        try
        {
            var found = Assert.Throws<CudaException>(() => kernels.Run("endless_loop_wrong", 1, 32, 32))!;
            using (Assert.EnterMultipleScope())
            {
                Assert.That(found.Result, Is.EqualTo(CudaResult.LaunchTimeout));
                Assert.That(found.Message, Does.Contain("no end after 1 s; thread (0, 0, 0) is at " + TestKernels.LineOf("endless_loop")));
            }
        }
        finally
        {
            kernels.Driver.SetOption("timeout", 0);
        }
    }

    [Test]
    public void A_stack_that_overflows_is_a_finding() =>
        Assert.That(
            () => kernels.Run("large_local_array", 1, 32, 32),
            Throws.TypeOf<CudaException>().With.Message.Contains("needs more than 256 KB for its local variables at tails.cu:"));

    [Test]
    public void A_lane_that_does_not_exist_gives_no_number()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kernels.Run("lanes_that_do_not_exist_wrong", 1, 16, 16)[0], Is.NaN);
            Assert.That(kernels.Run("lanes_that_do_not_exist_right", 1, 16, 16)[0], Is.EqualTo(120));
        }
    }

    [TestCase("barrier_in_branch", "32 of 64 threads reach __syncthreads")]
    [TestCase("two_barriers", "waits at another")]
    [TestCase("mask_of_absent_lanes", "deadlock")]
    [TestCase("mask_without_caller", "leaves out its own lane 16")]
    public void Barriers_that_cannot_be_met_are_found_without_checking_memory(string name, string words) =>
        Assert.That(
            () => kernels.Run(name + "_wrong", 1, name.StartsWith("mask", StringComparison.Ordinal) ? 32 : 64, 64),
            Throws.TypeOf<CudaException>().With.Message.Contains(words).And.Message.Contains(TestKernels.LineOf(name)));

    [TestCase(1, 2048, 0, "1024")]
    [TestCase(0, 32, 0, "no blocks")]
    [TestCase(1, 0, 0, "no threads")]
    [TestCase(1, 32, 300_000, "227 KB")]
    public void A_launch_that_no_device_takes_is_refused(int grid, int block, int sharedBytes, string words) =>
        Assert.That(
            () => kernels.Run("no_tail_right", grid, block, 64, sharedBytes),
            Throws.TypeOf<CudaException>().With.Property(nameof(CudaException.Result)).EqualTo(CudaResult.InvalidValue).And.Message.Contains(words));

    [Test]
    public void A_buffer_before_a_guard_page_is_not_overrun_unnoticed()
    {
        kernels.Driver.SetOption("guard", 1);
        try
        {
            var found = Assert.Throws<CudaException>(() => kernels.Run("overrun_by_one_wrong", 3, 128, 256))!;
            Assert.That(found.Message, Does.Contain("right at the end of 'y' (1024 bytes)").And.Contain(TestKernels.LineOf("overrun_by_one")));
        }
        finally
        {
            kernels.Driver.SetOption("guard", 0);
        }
    }

    [Test]
    public void A_missing_barrier_gives_other_results_in_another_order()
    {
        kernels.Driver.SetOption("poison", 2);
        float[] ascending = kernels.Run("missing_barrier_wrong", 1, 256, 256);
        kernels.Driver.SetOption("order", 1);
        float[] descending = kernels.Run("missing_barrier_wrong", 1, 256, 256);
        kernels.Driver.SetOption("order", 0);
        kernels.Driver.SetOption("poison", 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ascending[..255], Is.All.NaN, "the neighbour above comes later");
            Assert.That(descending[..255], Is.EqualTo(Enumerable.Range(1, 255)), "the neighbour above came before");
        }
    }

    [Test]
    public void Threads_of_the_process_launch_side_by_side()
    {
        int[] sizes = [.. Enumerable.Range(1, 64).Select(i => i * 37 % 200 + 1)];
        float[][] results = new float[sizes.Length][];
        Parallel.For(0, sizes.Length, i => results[i] = kernels.Run("prefix_sum_f32", (sizes[i] + 63) / 64, 64, sizes[i], 256));
        Assert.That(
            results.Select((y, i) => y[^1]),
            Is.EqualTo(sizes.Select(n => (float)Enumerable.Range((n - 1) / 64 * 64, n - (n - 1) / 64 * 64).Sum())));
    }

    [Test]
    public void A_copy_that_leaves_a_buffer_is_refused()
    {
        using CudaDeviceVariable<float> x = kernels.Context.Allocate<float>(16, "x");
        Assert.That(
            () => kernels.Stream.Copy(x.Address, x.Address + 32, 64),
            Throws.TypeOf<CudaException>().With.Message.Contains("32 bytes past its end"));
    }
}
