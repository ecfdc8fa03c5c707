using System.Runtime.InteropServices;

namespace Native.Kernels.CuDnn;

internal static unsafe partial class CuDnnApi
{
    // ---- Which algorithms there are for a shape, by the library's estimate the fastest first

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnGetConvolutionForwardAlgorithm_v7(
        CuDnnHandle handle,
        TensorDescriptor x,
        FilterDescriptor w,
        ConvolutionDescriptor convolution,
        TensorDescriptor y,
        int requested,
        int* returned,
        AlgorithmPerformance* results);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnGetConvolutionBackwardDataAlgorithm_v7(
        CuDnnHandle handle,
        FilterDescriptor w,
        TensorDescriptor dy,
        ConvolutionDescriptor convolution,
        TensorDescriptor dx,
        int requested,
        int* returned,
        AlgorithmPerformance* results);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnGetConvolutionBackwardFilterAlgorithm_v7(
        CuDnnHandle handle,
        TensorDescriptor x,
        TensorDescriptor dy,
        ConvolutionDescriptor convolution,
        FilterDescriptor dw,
        int requested,
        int* returned,
        AlgorithmPerformance* results);

    // ---- How much workspace one takes

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnGetConvolutionForwardWorkspaceSize(
        CuDnnHandle handle,
        TensorDescriptor x,
        FilterDescriptor w,
        ConvolutionDescriptor convolution,
        TensorDescriptor y,
        int algorithm,
        out nuint bytes);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnGetConvolutionBackwardDataWorkspaceSize(
        CuDnnHandle handle,
        FilterDescriptor w,
        TensorDescriptor dy,
        ConvolutionDescriptor convolution,
        TensorDescriptor dx,
        int algorithm,
        out nuint bytes);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnGetConvolutionBackwardFilterWorkspaceSize(
        CuDnnHandle handle,
        TensorDescriptor x,
        TensorDescriptor dy,
        ConvolutionDescriptor convolution,
        FilterDescriptor dw,
        int algorithm,
        out nuint bytes);

    // ---- The operations

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnConvolutionForward(
        CuDnnHandle handle,
        void* alpha,
        TensorDescriptor xDescriptor,
        nint x,
        FilterDescriptor wDescriptor,
        nint w,
        ConvolutionDescriptor convolution,
        int algorithm,
        nint workspace,
        nuint workspaceBytes,
        void* beta,
        TensorDescriptor yDescriptor,
        nint y);

    /// <summary>y = activation(alpha1·conv(x, w) + alpha2·z + bias).</summary>
    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnConvolutionBiasActivationForward(
        CuDnnHandle handle,
        void* alpha1,
        TensorDescriptor xDescriptor,
        nint x,
        FilterDescriptor wDescriptor,
        nint w,
        ConvolutionDescriptor convolution,
        int algorithm,
        nint workspace,
        nuint workspaceBytes,
        void* alpha2,
        TensorDescriptor zDescriptor,
        nint z,
        TensorDescriptor biasDescriptor,
        nint bias,
        ActivationDescriptor activation,
        TensorDescriptor yDescriptor,
        nint y);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnConvolutionBackwardData(
        CuDnnHandle handle,
        void* alpha,
        FilterDescriptor wDescriptor,
        nint w,
        TensorDescriptor dyDescriptor,
        nint dy,
        ConvolutionDescriptor convolution,
        int algorithm,
        nint workspace,
        nuint workspaceBytes,
        void* beta,
        TensorDescriptor dxDescriptor,
        nint dx);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnConvolutionBackwardFilter(
        CuDnnHandle handle,
        void* alpha,
        TensorDescriptor xDescriptor,
        nint x,
        TensorDescriptor dyDescriptor,
        nint dy,
        ConvolutionDescriptor convolution,
        int algorithm,
        nint workspace,
        nuint workspaceBytes,
        void* beta,
        FilterDescriptor dwDescriptor,
        nint dw);

    /// <summary>
    /// cudnnConvolutionFwdAlgoPerf_t, and its twins for the two backward operations, which are laid out alike: 48 bytes,
    /// the memory at byte 16.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct AlgorithmPerformance
    {
        internal int Algorithm;
        internal CuDnnStatus Status;
        internal float Milliseconds;
        internal nuint WorkspaceBytes;
        internal CuDnnDeterminism Determinism;
        internal CuDnnMathType MathType;
        internal int Reserved0;
        internal int Reserved1;
        internal int Reserved2;
    }
}
