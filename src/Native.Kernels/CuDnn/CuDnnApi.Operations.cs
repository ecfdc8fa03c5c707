using System.Runtime.InteropServices;

namespace Native.Kernels.CuDnn;

internal static unsafe partial class CuDnnApi
{
    // ---- Pooling

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnPoolingForward(
        CuDnnHandle handle,
        PoolingDescriptor pooling,
        void* alpha,
        TensorDescriptor xDescriptor,
        nint x,
        void* beta,
        TensorDescriptor yDescriptor,
        nint y);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnPoolingBackward(
        CuDnnHandle handle,
        PoolingDescriptor pooling,
        void* alpha,
        TensorDescriptor yDescriptor,
        nint y,
        TensorDescriptor dyDescriptor,
        nint dy,
        TensorDescriptor xDescriptor,
        nint x,
        void* beta,
        TensorDescriptor dxDescriptor,
        nint dx);

    // ---- Activations

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnActivationForward(
        CuDnnHandle handle,
        ActivationDescriptor activation,
        void* alpha,
        TensorDescriptor xDescriptor,
        nint x,
        void* beta,
        TensorDescriptor yDescriptor,
        nint y);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnActivationBackward(
        CuDnnHandle handle,
        ActivationDescriptor activation,
        void* alpha,
        TensorDescriptor yDescriptor,
        nint y,
        TensorDescriptor dyDescriptor,
        nint dy,
        TensorDescriptor xDescriptor,
        nint x,
        void* beta,
        TensorDescriptor dxDescriptor,
        nint dx);

    // ---- Softmax

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSoftmaxForward(
        CuDnnHandle handle,
        CuDnnSoftmaxAlgorithm algorithm,
        CuDnnSoftmaxMode mode,
        void* alpha,
        TensorDescriptor xDescriptor,
        nint x,
        void* beta,
        TensorDescriptor yDescriptor,
        nint y);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSoftmaxBackward(
        CuDnnHandle handle,
        CuDnnSoftmaxAlgorithm algorithm,
        CuDnnSoftmaxMode mode,
        void* alpha,
        TensorDescriptor yDescriptor,
        nint y,
        TensorDescriptor dyDescriptor,
        nint dy,
        void* beta,
        TensorDescriptor dxDescriptor,
        nint dx);

    // ---- Batch normalization

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnBatchNormalizationForwardTraining(
        CuDnnHandle handle,
        CuDnnBatchNormMode mode,
        void* alpha,
        void* beta,
        TensorDescriptor xDescriptor,
        nint x,
        TensorDescriptor yDescriptor,
        nint y,
        TensorDescriptor channelDescriptor,
        nint scale,
        nint bias,
        double averageFactor,
        nint runningMean,
        nint runningVariance,
        double epsilon,
        nint savedMean,
        nint savedInverseDeviation);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnBatchNormalizationForwardInference(
        CuDnnHandle handle,
        CuDnnBatchNormMode mode,
        void* alpha,
        void* beta,
        TensorDescriptor xDescriptor,
        nint x,
        TensorDescriptor yDescriptor,
        nint y,
        TensorDescriptor channelDescriptor,
        nint scale,
        nint bias,
        nint mean,
        nint variance,
        double epsilon);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnBatchNormalizationBackward(
        CuDnnHandle handle,
        CuDnnBatchNormMode mode,
        void* alphaData,
        void* betaData,
        void* alphaParameters,
        void* betaParameters,
        TensorDescriptor xDescriptor,
        nint x,
        TensorDescriptor dyDescriptor,
        nint dy,
        TensorDescriptor dxDescriptor,
        nint dx,
        TensorDescriptor channelDescriptor,
        nint scale,
        nint dscale,
        nint dbias,
        double epsilon,
        nint savedMean,
        nint savedInverseDeviation);
}
