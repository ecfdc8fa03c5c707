using System.Diagnostics.CodeAnalysis;
using Engine.Tensors;
using Native.Kernels.CuDnn;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>Convolutions by cuDNN: all but those with mirror padding, or with more padding on one side than on the other.</summary>
internal sealed class CuDnnConvolutions : IConvolutionLibrary
{
    private readonly CudaDevice device;
    private readonly CuDnnHandle handle;
    private readonly CuDnnPlans plans;

    // Outgrown workspaces stay: a captured step may still use them.
    private readonly List<CudaMemoryHandle> workspaces = [];

    /// <summary>cuDNN on a device's stream.</summary>
    /// <exception cref="Native.Kernels.Libraries.NativeLibraryException">cuDNN is not there.</exception>
    public CuDnnConvolutions(CudaDevice device)
    {
        this.device = device;
        handle = new CuDnnHandle(device.Stream);
        plans = new CuDnnPlans(handle);
    }

    // Shapes for which the library has no algorithm that gives the same bits every time.
    private readonly HashSet<(CuDnnConvolution Plan, Direction Direction)> refused = [];

    private enum Direction
    {
        Forward,
        BackwardData,
        BackwardFilter,
    }

    /// <inheritdoc/>
    public bool TryForward(Tensor x, Tensor w, in Window window, int groups, Tensor y)
    {
        if (!TryPlan(x, w, window, groups, Direction.Forward, out CuDnnConvolution? plan, out nint workspace))
        {
            return false;
        }

        device.Recorder.Call(new ForwardCall(plan, x.Address, w.Address, y.Address, workspace));
        return true;
    }

    /// <inheritdoc/>
    public bool TryBackwardData(Tensor w, Tensor g, in Window window, int groups, Tensor dx)
    {
        if (!TryPlan(dx, w, window, groups, Direction.BackwardData, out CuDnnConvolution? plan, out nint workspace))
        {
            return false;
        }

        device.Recorder.Call(new BackwardDataCall(plan, w.Address, g.Address, dx.Address, workspace));
        return true;
    }

    /// <inheritdoc/>
    public bool TryBackwardWeights(Tensor x, Tensor g, in Window window, int groups, Tensor dw, bool accumulate)
    {
        if (!TryPlan(x, dw, window, groups, Direction.BackwardFilter, out CuDnnConvolution? plan, out nint workspace))
        {
            return false;
        }

        device.Recorder.Call(new BackwardFilterCall(plan, x.Address, g.Address, dw.Address, workspace, accumulate ? 1 : 0));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        plans.Dispose();
        handle.Dispose();
        workspaces.ForEach(w => w.Dispose());
    }

    private bool TryPlan(
        Tensor x, Tensor w, in Window window, int groups, Direction direction, [NotNullWhen(true)] out CuDnnConvolution? plan, out nint workspace)
    {
        workspace = 0;
        ConvolutionShape shape = new()
        {
            N = x.Shape[0],
            C = x.Shape[1],
            H = x.Shape[2],
            W = x.Shape[3],
            K = w.Shape[0],
            R = window.Kernel.Y,
            S = window.Kernel.X,
            StrideY = window.Stride.Y,
            StrideX = window.Stride.X,
            DilationY = window.Dilation.Y,
            DilationX = window.Dilation.X,
            PadTop = window.Before.Y,
            PadLeft = window.Before.X,
            PadBottom = window.After.Y,
            PadRight = window.After.X,
            Groups = groups,
        };
        bool isZeroPadded = window.Mode == PaddingMode.Zero || (window.Before == 0 && window.After == 0);
        plan = isZeroPadded && CuDnnConvolution.Supports(shape)
            ? plans.Convolution(x.DType == DType.Float32 ? CuDnnDataType.Float32 : CuDnnDataType.Float64, shape, CudaSettings.MatrixMode)
            : null;
        return plan is not null && TryWorkspace(plan, direction, out workspace);
    }

    private bool TryWorkspace(CuDnnConvolution plan, Direction direction, out nint workspace)
    {
        workspace = 0;
        if (refused.Contains((plan, direction)))
        {
            return false;
        }

        try
        {
            workspace = Workspace(direction switch
            {
                Direction.Forward => plan.ForwardWorkspaceBytes,
                Direction.BackwardData => plan.BackwardDataWorkspaceBytes,
                _ => plan.BackwardFilterWorkspaceBytes,
            });
            return true;
        }
        catch (CuDnnException exception) when (exception.IsNotSupported)
        {
            // The engine's kernels take over, here and every time after.
            refused.Add((plan, direction));
            return false;
        }
    }

    private nint Workspace(nuint bytes)
    {
        if (bytes == 0)
        {
            return 0;
        }

        if (workspaces.Count == 0 || (nuint)workspaces[^1].Bytes < bytes)
        {
            workspaces.Add(new CudaMemoryHandle(device.Context, (long)bytes, "cuDNN workspace"));
        }

        return workspaces[^1].Value;
    }

    private readonly record struct ForwardCall(CuDnnConvolution Plan, nint X, nint W, nint Y, nint Workspace) : IDeviceCall
    {
        public void Queue(CudaDevice device) => Plan.Forward(X, W, Y, Workspace);
    }

    private readonly record struct BackwardDataCall(CuDnnConvolution Plan, nint W, nint G, nint Dx, nint Workspace) : IDeviceCall
    {
        public void Queue(CudaDevice device) => Plan.BackwardData(W, G, Dx, Workspace);
    }

    private readonly record struct BackwardFilterCall(CuDnnConvolution Plan, nint X, nint G, nint Dw, nint Workspace, double Beta) : IDeviceCall
    {
        public void Queue(CudaDevice device) => Plan.BackwardFilter(X, G, Dw, Workspace, Beta);
    }
}
