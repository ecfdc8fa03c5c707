using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

public sealed unsafe partial class CuDnnConvolution
{
    private Direction ChooseForward()
    {
        handle.Context.MakeCurrent();
        ConvolutionDescriptor descriptor = new(type, Shape, math);
        AlgorithmPerformance* results = stackalloc AlgorithmPerformance[AlgorithmChoice.Most];
        int count = 0;
        CuDnnStatus status = cudnnGetConvolutionForwardAlgorithm_v7(handle, x, w, descriptor, y, AlgorithmChoice.Most, &count, results);
        AlgorithmChoice choice = Choose(status, results, count, "cudnnGetConvolutionForwardAlgorithm_v7");
        descriptor.SetMath(choice.Math);
        status = cudnnGetConvolutionForwardWorkspaceSize(handle, x, w, descriptor, y, choice.Algorithm, out nuint bytes);
        CuDnnCheck.Check(status, "cudnnGetConvolutionForwardWorkspaceSize", Shape);
        return new Direction(descriptor, choice.Algorithm, bytes);
    }

    private Direction ChooseBackwardData()
    {
        handle.Context.MakeCurrent();
        ConvolutionDescriptor descriptor = new(type, Shape, math);
        AlgorithmPerformance* results = stackalloc AlgorithmPerformance[AlgorithmChoice.Most];
        int count = 0;
        CuDnnStatus status = cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, w, y, descriptor, x, AlgorithmChoice.Most, &count, results);
        AlgorithmChoice choice = Choose(status, results, count, "cudnnGetConvolutionBackwardDataAlgorithm_v7");
        descriptor.SetMath(choice.Math);
        status = cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, y, descriptor, x, choice.Algorithm, out nuint bytes);
        CuDnnCheck.Check(status, "cudnnGetConvolutionBackwardDataWorkspaceSize", Shape);
        return new Direction(descriptor, choice.Algorithm, bytes);
    }

    private Direction ChooseBackwardFilter()
    {
        handle.Context.MakeCurrent();
        ConvolutionDescriptor descriptor = new(type, Shape, math);
        AlgorithmPerformance* results = stackalloc AlgorithmPerformance[AlgorithmChoice.Most];
        int count = 0;
        CuDnnStatus status = cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, x, y, descriptor, w, AlgorithmChoice.Most, &count, results);
        AlgorithmChoice choice = Choose(status, results, count, "cudnnGetConvolutionBackwardFilterAlgorithm_v7");
        descriptor.SetMath(choice.Math);
        status = cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, y, descriptor, w, choice.Algorithm, out nuint bytes);
        CuDnnCheck.Check(status, "cudnnGetConvolutionBackwardFilterWorkspaceSize", Shape);
        return new Direction(descriptor, choice.Algorithm, bytes);
    }

    private AlgorithmChoice Choose(CuDnnStatus status, AlgorithmPerformance* results, int count, string call)
    {
        CuDnnCheck.Check(status, call, Shape);
        return AlgorithmChoice.First(new ReadOnlySpan<AlgorithmPerformance>(results, count), math, workspaceLimit, call, Shape);
    }
}
