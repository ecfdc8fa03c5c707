using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Native.Kernels.Driver;

namespace Native.Kernels.Emulation;

// Streams, launches and graphs. A stream that is being captured writes work down; every other does it at once.
public sealed unsafe partial class EmulatedDriver
{
    private readonly ConcurrentDictionary<nint, Stream> streams = new();
    private readonly ConcurrentDictionary<nint, List<Work>> graphs = new();

    /// <inheritdoc/>
    public CudaResult StreamCreate(out nint stream, uint flags)
    {
        stream = NewHandle();
        streams[stream] = new Stream();
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult StreamDestroy(nint stream) => streams.TryRemove(stream, out _) ? CudaResult.Success : CudaResult.InvalidHandle;

    /// <inheritdoc/>
    public CudaResult StreamSynchronize(nint stream) => IsCapturing(stream)
        ? Fail(CudaResult.StreamCaptureUnsupported, "a stream that is being captured cannot be waited for: nothing on it has begun")
        : CudaResult.Success;

    /// <inheritdoc/>
    public CudaResult StreamWaitEvent(nint stream, nint @event, uint flags) => EventQuery(@event);

    /// <inheritdoc/>
    public CudaResult LaunchKernel(nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, nint stream, void** parameters)
    {
        if (!IsCapturing(stream))
        {
            return Launch(function, grid, block, sharedBytes, parameters);
        }

        streams[stream].Captured!.Add(new KernelWork(function, grid, block, sharedBytes, CopyArguments(function, parameters)) { Node = NewHandle() });
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult StreamBeginCapture(nint stream, CudaCaptureMode mode)
    {
        if (!streams.TryGetValue(stream, out Stream? found) || found.Captured is not null)
        {
            return Fail(CudaResult.StreamCaptureUnsupported, "only a stream made by cuStreamCreate, and not being captured yet, can be captured");
        }

        found.Captured = [];
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult StreamEndCapture(nint stream, out nint graph)
    {
        graph = 0;
        if (!IsCapturing(stream))
        {
            return Fail(CudaResult.InvalidValue, "the stream is not being captured");
        }

        graph = NewHandle();
        graphs[graph] = streams[stream].Captured!;
        streams[stream].Captured = null;
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult StreamGetCaptureNode(nint stream, out nint node)
    {
        node = IsCapturing(stream) && streams[stream].Captured is [.., Work last] ? last.Node : 0;
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult GraphInstantiate(out nint executable, nint graph)
    {
        executable = 0;
        if (!graphs.TryGetValue(graph, out List<Work>? work))
        {
            return CudaResult.InvalidHandle;
        }

        executable = NewHandle();
        graphs[executable] = [.. work];
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult GraphExecKernelNodeSetParams(
        nint executable, nint node, nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, void** parameters)
    {
        if (!graphs.TryGetValue(executable, out List<Work>? work) || work.FindIndex(w => w.Node == node) is not (>= 0 and int at))
        {
            return Fail(CudaResult.InvalidValue, "the graph has no such node");
        }

        work[at] = new KernelWork(function, grid, block, sharedBytes, CopyArguments(function, parameters)) { Node = node };
        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult GraphLaunch(nint executable, nint stream)
    {
        if (!graphs.TryGetValue(executable, out List<Work>? graph))
        {
            return CudaResult.InvalidHandle;
        }

        foreach (Work work in graph)
        {
            if (work.Run(this) is not CudaResult.Success and CudaResult failed)
            {
                return failed;
            }
        }

        return CudaResult.Success;
    }

    /// <inheritdoc/>
    public CudaResult GraphExecDestroy(nint executable) => GraphDestroy(executable);

    /// <inheritdoc/>
    public CudaResult GraphDestroy(nint graph) => graphs.TryRemove(graph, out _) ? CudaResult.Success : CudaResult.InvalidHandle;

    private bool IsCapturing(nint stream) => stream != 0 && streams.TryGetValue(stream, out Stream? found) && found.Captured is not null;

    private CudaResult RecordOrRun(nint stream, Work work)
    {
        if (!IsCapturing(stream))
        {
            return work.Run(this);
        }

        streams[stream].Captured!.Add(work with { Node = NewHandle() });
        return CudaResult.Success;
    }

    private CudaResult Launch(nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, void** parameters)
    {
        int result = emulator.Launch(function, grid, block, sharedBytes, parameters);
        return result == 0 ? CudaResult.Success : Fail((CudaResult)result, emulator.LastError);
    }

    private byte[][] CopyArguments(nint function, void** parameters)
    {
        List<byte[]> arguments = [];
        for (int size; (size = emulator.ParameterSize(function, arguments.Count)) >= 0;)
        {
            arguments.Add(new ReadOnlySpan<byte>(parameters[arguments.Count], size).ToArray());
        }

        return [.. arguments];
    }

    private sealed class Stream
    {
        public List<Work>? Captured { get; set; }
    }

    /// <summary>Something a stream was given to do.</summary>
    private abstract record Work
    {
        public nint Node { get; init; }

        public abstract CudaResult Run(EmulatedDriver driver);
    }

    private sealed record KernelWork(nint Function, Dim3 Grid, Dim3 Block, uint SharedBytes, byte[][] Arguments) : Work
    {
        public override CudaResult Run(EmulatedDriver driver)
        {
            GCHandle[] pins = [.. Arguments.Select(a => GCHandle.Alloc(a, GCHandleType.Pinned))];
            void** parameters = stackalloc void*[Arguments.Length + 1];
            for (int i = 0; i < pins.Length; i++)
            {
                parameters[i] = (void*)pins[i].AddrOfPinnedObject();
            }

            CudaResult result = driver.Launch(Function, Grid, Block, SharedBytes, parameters);
            foreach (GCHandle pin in pins)
            {
                pin.Free();
            }

            return result;
        }
    }
}
