namespace Native.Kernels.Driver;

/// <summary>Work that was captured from a stream, to be launched again and again as one call.</summary>
public sealed unsafe class CudaGraph : CudaHandle
{
    private readonly nint graph;

    internal CudaGraph(CudaContext context, nint graph)
        : base(context, "graph", Instantiate(context, graph), "graph")
    {
        this.graph = graph;
    }

    /// <summary>Queues all of it on a stream.</summary>
    public void Launch(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Context.MakeCurrent();
        Context.Check(Driver.GraphLaunch(Value, stream.Value), "cuGraphLaunch");
    }

    /// <summary>Gives the kernel of a node other arguments, for the launches to come.</summary>
    internal void SetArguments(nint node, CudaKernel kernel, in Dim3 grid, in Dim3 block, int sharedBytes, PackedArguments arguments)
    {
        Context.MakeCurrent();
        void** parameters = stackalloc void*[arguments.Count + 1];
        arguments.AddressesTo(parameters);
        Driver.Check(
            Driver.GraphExecKernelNodeSetParams(Value, node, kernel.Function, grid, block, (uint)sharedBytes, parameters),
            "cuGraphExecKernelNodeSetParams",
            $"{kernel.Name}");
    }

    private protected override CudaResult Release(nint value)
    {
        CudaResult result = Driver.GraphExecDestroy(value);
        _ = Driver.GraphDestroy(graph);
        return result;
    }

    private static nint Instantiate(CudaContext context, nint graph)
    {
        context.Driver.Check(context.Driver.GraphInstantiate(out nint executable, graph), "cuGraphInstantiate");
        return executable;
    }
}
