using static Native.Kernels.Driver.NvidiaDriverApi;

namespace Native.Kernels.Driver;

public sealed unsafe partial class NvidiaDriver
{
    // CUstreamCaptureStatus.
    private const int CaptureActive = 1;

    /// <inheritdoc/>
    public CudaResult StreamCreate(out nint stream, uint flags) => cuStreamCreate(out stream, flags);

    /// <inheritdoc/>
    public CudaResult StreamDestroy(nint stream) => cuStreamDestroy_v2(stream);

    /// <inheritdoc/>
    public CudaResult StreamSynchronize(nint stream) => cuStreamSynchronize(stream);

    /// <inheritdoc/>
    public CudaResult StreamWaitEvent(nint stream, nint @event, uint flags) => cuStreamWaitEvent(stream, @event, flags);

    /// <inheritdoc/>
    public CudaResult EventCreate(out nint @event, uint flags) => cuEventCreate(out @event, flags);

    /// <inheritdoc/>
    public CudaResult EventDestroy(nint @event) => cuEventDestroy_v2(@event);

    /// <inheritdoc/>
    public CudaResult EventRecord(nint @event, nint stream) => cuEventRecord(@event, stream);

    /// <inheritdoc/>
    public CudaResult EventQuery(nint @event) => cuEventQuery(@event);

    /// <inheritdoc/>
    public CudaResult EventSynchronize(nint @event) => cuEventSynchronize(@event);

    /// <inheritdoc/>
    public CudaResult EventElapsedTime(out float milliseconds, nint start, nint end) => cuEventElapsedTime(out milliseconds, start, end);

    /// <inheritdoc/>
    public CudaResult StreamBeginCapture(nint stream, CudaCaptureMode mode) => cuStreamBeginCapture_v2(stream, mode);

    /// <inheritdoc/>
    public CudaResult StreamEndCapture(nint stream, out nint graph) => cuStreamEndCapture(stream, out graph);

    /// <inheritdoc/>
    /// <remarks>
    /// The driver tells on which nodes the next work would depend. After a piece of work on the stream that is the one
    /// node that the work became; after a wait for another stream there are several, and none of them is meant.
    /// </remarks>
    public CudaResult StreamGetCaptureNode(nint stream, out nint node)
    {
        nint* dependencies = null;
        nuint count = 0;
        CudaResult result = hasCaptureInfo3
            ? cuStreamGetCaptureInfo_v3(stream, out int status, null, null, &dependencies, null, &count)
            : cuStreamGetCaptureInfo_v2(stream, out status, null, null, &dependencies, &count);
        node = result == CudaResult.Success && status == CaptureActive && count == 1 ? dependencies[0] : 0;
        return result;
    }

    /// <inheritdoc/>
    public CudaResult GraphInstantiate(out nint executable, nint graph) => cuGraphInstantiateWithFlags(out executable, graph, 0);

    /// <inheritdoc/>
    public CudaResult GraphExecKernelNodeSetParams(
        nint executable, nint node, nint function, in Dim3 grid, in Dim3 block, uint sharedBytes, void** parameters)
    {
        KernelNodeParameters values = new()
        {
            Function = function,
            GridX = grid.X,
            GridY = grid.Y,
            GridZ = grid.Z,
            BlockX = block.X,
            BlockY = block.Y,
            BlockZ = block.Z,
            SharedBytes = sharedBytes,
            Parameters = parameters,
        };
        return cuGraphExecKernelNodeSetParams_v2(executable, node, values);
    }

    /// <inheritdoc/>
    public CudaResult GraphLaunch(nint executable, nint stream) => cuGraphLaunch(executable, stream);

    /// <inheritdoc/>
    public CudaResult GraphExecDestroy(nint executable) => cuGraphExecDestroy(executable);

    /// <inheritdoc/>
    public CudaResult GraphDestroy(nint graph) => cuGraphDestroy(graph);
}
