using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

public sealed unsafe partial class CuDnnConvolution
{
    /// <summary>y = x ∗ w + β·y.</summary>
    /// <param name="x">Device address of the input, N×C×H×W.</param>
    /// <param name="w">Device address of the weights, K×(C/groups)×R×S.</param>
    /// <param name="y">Device address of the output, N×K×OutputH×OutputW.</param>
    /// <param name="workspace">Device address of <see cref="ForwardWorkspaceBytes"/> bytes; 0 where that is 0.</param>
    /// <param name="beta">0: y is overwritten and need not hold numbers.</param>
    public void Forward(nint x, nint w, nint y, nint workspace, double beta = 0)
    {
        Direction direction = Ready(forward);
        long one = ScalingFactor.Of(type, 1), keep = ScalingFactor.Of(type, beta);
        CuDnnStatus status = cudnnConvolutionForward(
            handle, &one, this.x, x, this.w, w, direction.Descriptor, direction.Algorithm, workspace, direction.WorkspaceBytes, &keep, this.y, y);
        CuDnnCheck.Check(status, "cudnnConvolutionForward", Shape);
    }

    /// <summary>y = max(x ∗ w + b, 0) in one pass over y, where the library has it.</summary>
    /// <param name="x">Device address of the input, N×C×H×W.</param>
    /// <param name="w">Device address of the weights, K×(C/groups)×R×S.</param>
    /// <param name="bias">Device address of K numbers.</param>
    /// <param name="y">Device address of the output; overwritten.</param>
    /// <param name="workspace">Device address of <see cref="ForwardWorkspaceBytes"/> bytes; 0 where that is 0.</param>
    /// <returns>False where the library has no fused operation for this shape: then nothing was done.</returns>
    public bool TryForwardBiasRelu(nint x, nint w, nint bias, nint y, nint workspace)
    {
        Direction direction = Ready(forward);
        long one = ScalingFactor.Of(type, 1), zero = ScalingFactor.Of(type, 0);
        CuDnnStatus status = cudnnConvolutionBiasActivationForward(
            handle,
            &one,
            this.x,
            x,
            this.w,
            w,
            direction.Descriptor,
            direction.Algorithm,
            workspace,
            direction.WorkspaceBytes,
            &zero,
            this.y,
            y,
            this.bias,
            bias,
            relu.Value,
            this.y,
            y);
        if (CuDnnException.IsUnsupported(status))
        {
            return false;
        }

        CuDnnCheck.Check(status, "cudnnConvolutionBiasActivationForward", Shape);
        return true;
    }

    /// <summary>dx = ∂L/∂x + β·dx, for ∂L/∂y = g.</summary>
    /// <param name="w">Device address of the weights.</param>
    /// <param name="g">Device address of ∂L/∂y.</param>
    /// <param name="dx">Device address of the input's gradient.</param>
    /// <param name="workspace">Device address of <see cref="BackwardDataWorkspaceBytes"/> bytes; 0 where that is 0.</param>
    /// <param name="beta">0: dx is overwritten. 1: added to.</param>
    public void BackwardData(nint w, nint g, nint dx, nint workspace, double beta = 0)
    {
        Direction direction = Ready(backwardData);
        long one = ScalingFactor.Of(type, 1), keep = ScalingFactor.Of(type, beta);
        CuDnnStatus status = cudnnConvolutionBackwardData(
            handle, &one, this.w, w, y, g, direction.Descriptor, direction.Algorithm, workspace, direction.WorkspaceBytes, &keep, x, dx);
        CuDnnCheck.Check(status, "cudnnConvolutionBackwardData", Shape);
    }

    /// <summary>dw = ∂L/∂w + β·dw, for ∂L/∂y = g.</summary>
    /// <param name="x">Device address of the input.</param>
    /// <param name="g">Device address of ∂L/∂y.</param>
    /// <param name="dw">Device address of the weights' gradient.</param>
    /// <param name="workspace">Device address of <see cref="BackwardFilterWorkspaceBytes"/> bytes; 0 where that is 0.</param>
    /// <param name="beta">1: dw is added to, as gradients are. 0: overwritten.</param>
    public void BackwardFilter(nint x, nint g, nint dw, nint workspace, double beta = 1)
    {
        Direction direction = Ready(backwardFilter);
        long one = ScalingFactor.Of(type, 1), keep = ScalingFactor.Of(type, beta);
        CuDnnStatus status = cudnnConvolutionBackwardFilter(
            handle, &one, this.x, x, y, g, direction.Descriptor, direction.Algorithm, workspace, direction.WorkspaceBytes, &keep, w, dw);
        CuDnnCheck.Check(status, "cudnnConvolutionBackwardFilter", Shape);
    }

    private Direction Ready(Lazy<Direction> direction)
    {
        handle.Context.MakeCurrent();
        return direction.Value;
    }
}
