using static Native.Kernels.CuDnn.CuDnnApi;

namespace Native.Kernels.CuDnn;

public sealed unsafe partial class CuDnnConvolution
{
    private delegate CuDnnStatus Estimate(ConvolutionDescriptor descriptor, int* count, AlgorithmPerformance* results);

    private delegate CuDnnStatus Measure(ConvolutionDescriptor descriptor, int algorithm, out nuint bytes);

    private Direction ChooseForward() => Choose(
        "Forward",
        (descriptor, count, results) => cudnnGetConvolutionForwardAlgorithm_v7(handle, x, w, descriptor, y, AlgorithmChoice.Most, count, results),
        (ConvolutionDescriptor descriptor, int algorithm, out nuint bytes) =>
            cudnnGetConvolutionForwardWorkspaceSize(handle, x, w, descriptor, y, algorithm, out bytes));

    private Direction ChooseBackwardData() => Choose(
        "BackwardData",
        (descriptor, count, results) => cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, w, y, descriptor, x, AlgorithmChoice.Most, count, results),
        (ConvolutionDescriptor descriptor, int algorithm, out nuint bytes) =>
            cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, y, descriptor, x, algorithm, out bytes));

    private Direction ChooseBackwardFilter() => Choose(
        "BackwardFilter",
        (descriptor, count, results) => cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, x, y, descriptor, w, AlgorithmChoice.Most, count, results),
        (ConvolutionDescriptor descriptor, int algorithm, out nuint bytes) =>
            cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, y, descriptor, w, algorithm, out bytes));

    // The library's estimate, the first of it that will do, and the workspace that this one needs.
    private Direction Choose(string operation, Estimate estimate, Measure measure)
    {
        handle.Context.MakeCurrent();
        ConvolutionDescriptor descriptor = new(type, Shape, math);
        AlgorithmPerformance* results = stackalloc AlgorithmPerformance[AlgorithmChoice.Most];
        int count = 0;
        string call = $"cudnnGetConvolution{operation}Algorithm_v7";
        CuDnnCheck.Check(estimate(descriptor, &count, results), call, Shape);
        AlgorithmChoice choice = AlgorithmChoice.First(new ReadOnlySpan<AlgorithmPerformance>(results, count), math, workspaceLimit, call, Shape);
        descriptor.SetMath(choice.Math);
        CuDnnCheck.Check(measure(descriptor, choice.Algorithm, out nuint bytes), $"cudnnGetConvolution{operation}WorkspaceSize", Shape);
        return new Direction(descriptor, choice.Algorithm, bytes);
    }
}
