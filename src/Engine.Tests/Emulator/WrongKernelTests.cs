using Native.Kernels.Driver;

namespace Engine.Tests.Emulator;

/// <summary>Kernels with one mistake each: the checked emulator finds every one, and has nothing to say about their correct twins.</summary>
[RequiresEmulator]
[TestFixture]
internal sealed class WrongKernelTests
{
    private TestKernels kernels = null!;

    [OneTimeSetUp]
    public void Load() => kernels = new TestKernels(isChecked: true);

    [OneTimeTearDown]
    public void Unload() => kernels.Dispose();

    // A kernel of wrong/, the launch that shows its mistake, and words that the finding has to contain.
    private static readonly WrongKernel[] Table =
    [
        new("missing_barrier", 1, 256, 256, CudaResult.LaunchFailed, "data race", "the shared array 's'", "no barrier lies between"),
        new("barrier_outside_loop", 1, 256, 256, CudaResult.LaunchFailed, "data race", "the shared array 's'", "no barrier lies between"),
        new("tile_overwritten", 1, 64, 128, CudaResult.LaunchFailed, "data race", "the shared array 'tile'", "no barrier lies between"),
        new("missing_atomic", 4, 64, 256, CudaResult.LaunchFailed, "data race", "byte 0 of 'y'"),
        new("histogram_without_atomic", 1, 64, 64, CudaResult.LaunchFailed, "data race", "the shared array 'bins'"),
        new("write_to_neighbour", 1, 64, 64, CudaResult.LaunchFailed, "data race", "writes byte 4 of 'y'"),
        new("filter_in_place", 2, 32, 64, CudaResult.LaunchFailed, "data race", "of 'y'"),
        new("missing_syncwarp", 1, 32, 32, CudaResult.LaunchFailed, "data race", "the shared array 's'"),
        new("missing_fence", 4, 32, 64, CudaResult.LaunchFailed, "data race", "reads byte 0 of 'y'", "of block (0, 0, 0)"),
        new("overrun_by_one", 2, 128, 256, CudaResult.IllegalAddress, "block (2, 0, 0)", "thread (0, 0, 0) writes 4 bytes", "right at the end of 'y' (1024 bytes)") { Grid = 3 },
        new("no_tail", 2, 128, 200, CudaResult.IllegalAddress, "thread (72, 0, 0) reads 4 bytes", "right at the end of 'x' (800 bytes)"),
        new("transposed_index", 1, new Dim3(8, 4), 32, CudaResult.IllegalAddress, "thread (4, 0, 0) writes 4 bytes", "right at the end of 'y' (128 bytes)"),
        new("before_the_start", 1, 32, 32, CudaResult.IllegalAddress, "thread (0, 0, 0) reads 4 bytes", "4 bytes before the start of 'x' (128 bytes)"),
        new("shared_array_too_small", 1, 256, 256, CudaResult.IllegalAddress, "thread (128, 0, 0) writes 4 bytes", "right at the end of the shared array 'small' (512 bytes)"),
        new("dynamic_shared_too_small", 1, 32, 32, CudaResult.IllegalAddress, "thread (0, 0, 0) writes 4 bytes", "right at the end of the dynamic shared memory of the launch (128 bytes)") { SharedBytes = 128 },
        new("local_array_too_small", 1, 1, 32, CudaResult.IllegalAddress, "thread (0, 0, 0) uses index 3 of an array of type 'float"),
        new("misaligned_vector", 1, 4, 32, CudaResult.MisalignedAddress, "thread (0, 0, 0) uses address", "float4'", "needs a multiple of 16"),
        new("unwritten_shared", 1, 64, 64, CudaResult.LaunchFailed, "thread (1, 0, 0) reads byte 4 of the shared array 's'", "no thread of the block has written"),
        new("barrier_in_branch", 1, 64, 64, CudaResult.LaunchFailed, "divergent barrier", "32 of 64 threads reach __syncthreads", "thread (32, 0, 0)"),
        new("return_before_barrier", 1, 64, 64, CudaResult.LaunchFailed, "divergent barrier", "61 of 64 threads reach __syncthreads", "3 returned without it", "thread (61, 0, 0)"),
        new("two_barriers", 1, 64, 64, CudaResult.LaunchFailed, "divergent barrier", "thread (0, 0, 0) waits", "thread (1, 0, 0) waits at another"),
        new("barrier_in_uneven_loop", 1, 64, 64, CudaResult.LaunchFailed, "divergent barrier", "32 of 64 threads reach __syncthreads", "thread (0, 0, 0)"),
        new("mask_without_caller", 1, 32, 32, CudaResult.LaunchFailed, "thread (16, 0, 0) calls a warp function", "mask 0x0000ffff", "leaves out its own lane 16"),
        new("mask_of_absent_lanes", 1, 32, 32, CudaResult.LaunchFailed, "deadlock", "waits at the warp function", "lanes 0xffffffff"),
        new("two_shuffles", 1, 32, 32, CudaResult.LaunchFailed, "divergent warp function", "lane 31", "lane 0"),
        new("shuffle_against_barrier", 1, 32, 32, CudaResult.LaunchFailed, "deadlock", "waits at the warp function"),
    ];

    [TestCaseSource(nameof(Table))]
    public void A_mistake_is_found_and_said_in_words_with_its_line(WrongKernel wrong)
    {
        var found = Assert.Throws<CudaException>(() => wrong.Run(kernels, "wrong"))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.Result, Is.EqualTo(wrong.Result), found.Message);
            Assert.That(found.Message, Does.Contain($"kernel '{wrong.Name}_wrong'").And.Contain(TestKernels.LineOf(wrong.Name)));
            foreach (string words in wrong.Words)
            {
                Assert.That(found.Message, Does.Contain(words));
            }
        }
    }

    [TestCaseSource(nameof(Table))]
    public void The_same_kernel_without_its_mistake_is_fine(WrongKernel wrong) => wrong.Run(kernels, "right");

    [Test]
    public void The_table_has_every_wrong_kernel() =>
        Assert.That(Table.Select(wrong => wrong.Name).Concat(["divide", "endless_loop"]), Is.EquivalentTo(TestKernels.MarkedNames));

    [Test]
    public void The_other_party_of_a_race_is_named_with_its_line()
    {
        string message = Assert.Throws<CudaException>(() => kernels.Run("tile_overwritten_wrong", 1, 64, 128))!.Message;
        string reader = "races.cu:" + (int.Parse(TestKernels.LineOf("tile_overwritten").Split(':')[1]) + 2);
        Assert.That(message, Does.Match($@"thread \(1, 0, 0\) reads byte 0 of the shared array 'tile' at {reader}, which thread \(0, 0, 0\) writes at {TestKernels.LineOf("tile_overwritten")}"));
    }

    [Test]
    public void Memory_that_was_freed_is_known_by_its_name()
    {
        CudaDeviceVariable<float> x = kernels.Context.Allocate<float>(64, "weights");
        using CudaDeviceVariable<float> y = kernels.Context.Allocate<float>(64, "y");
        nint address = x.Address;
        x.Dispose();
        var found = Assert.Throws<CudaException>(() => kernels.Kernel("no_tail_right").Launch(kernels.Stream, 1, 64, 0, address, y, 64))!;
        Assert.That(found.Message, Does.Contain("byte 0 of 'weights', which was freed").And.Contain(TestKernels.LineOf("no_tail")));
    }

    [Test]
    public void A_pointer_into_main_memory_is_no_device_memory()
    {
        using CudaDeviceVariable<float> y = kernels.Context.Allocate<float>(64, "y");
        float[] managed = GC.AllocateArray<float>(64, pinned: true);
        nint address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(managed, 0);
        var found = Assert.Throws<CudaException>(() => kernels.Kernel("no_tail_right").Launch(kernels.Stream, 1, 64, 0, address, y, 64))!;
        Assert.That(found.Message, Does.Contain("near no allocation"));
        GC.KeepAlive(managed);
    }

    [Test]
    public void After_a_mistake_the_next_kernel_runs_as_if_nothing_had_been()
    {
        for (int round = 0; round < 3; round++)
        {
            Assert.Throws<CudaException>(() => kernels.Run("barrier_in_branch_wrong", 1, 64, 64));
            Assert.That(kernels.Run("missing_barrier_right", 1, 64, 64)[5], Is.EqualTo(6));
        }
    }

    /// <summary>A row of the table.</summary>
    public sealed record WrongKernel
    {
        public WrongKernel(string name, int grid, Dim3 block, int n, CudaResult result, params string[] words)
        {
            (Name, Grid, Block, N, Result, Words) = (name, grid, block, n, result, words);
        }

        public string Name { get; }

        public Dim3 Grid { get; init; }

        public Dim3 Block { get; }

        public int N { get; }

        public int SharedBytes { get; init; }

        public CudaResult Result { get; }

        public string[] Words { get; }

        public override string ToString() => Name;

        internal void Run(TestKernels kernels, string version) => kernels.Run($"{Name}_{version}", Grid, Block, N, SharedBytes);
    }
}
