using System.Runtime.InteropServices;
using Native.Kernels.Libraries;

namespace Native.Kernels.CuDnn;

/// <summary>The functions of cuDNN that this project calls: handle, status, descriptors.</summary>
/// <remarks>
/// NVIDIA, "cuDNN backend API", cudnn_graph.h, cudnn_ops.h and cudnn_cnn.h of version 9. Version 9 marks the descriptor
/// API as superseded by its graph API and keeps it. Enumerations and sizes are 32 bits wide, handles, descriptors and
/// <c>size_t</c> 64; alpha and beta are pointers into main memory, floats for Float32 tensors and doubles for Float64.
/// </remarks>
internal static unsafe partial class CuDnnApi
{
    private const string Library = NativeLibraries.CuDnn;

    // ---- Handle and status

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnCreate(out nint handle);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnDestroy(nint handle);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetStream(CuDnnHandle handle, nint stream);

    [LibraryImport(Library)]
    internal static partial byte* cudnnGetErrorString(CuDnnStatus status);

    /// <summary>Since version 9: in words what went wrong last on this thread, cut at the size given.</summary>
    [LibraryImport(Library)]
    internal static partial void cudnnGetLastErrorString(byte* message, nuint bytes);

    // ---- Tensors

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnCreateTensorDescriptor(out nint descriptor);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetTensor4dDescriptor(
        TensorDescriptor descriptor, CuDnnTensorFormat format, CuDnnDataType type, int n, int c, int h, int w);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnDestroyTensorDescriptor(nint descriptor);

    // ---- Filters

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnCreateFilterDescriptor(out nint descriptor);

    /// <summary>Type before format here, format before type for tensors.</summary>
    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetFilter4dDescriptor(
        FilterDescriptor descriptor, CuDnnDataType type, CuDnnTensorFormat format, int k, int c, int h, int w);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnDestroyFilterDescriptor(nint descriptor);

    // ---- Convolutions

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnCreateConvolutionDescriptor(out nint descriptor);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetConvolution2dDescriptor(
        ConvolutionDescriptor descriptor,
        int padHeight,
        int padWidth,
        int strideHeight,
        int strideWidth,
        int dilationHeight,
        int dilationWidth,
        CuDnnConvolutionMode mode,
        CuDnnDataType computeType);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetConvolutionGroupCount(ConvolutionDescriptor descriptor, int groups);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetConvolutionMathType(ConvolutionDescriptor descriptor, CuDnnMathType type);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnDestroyConvolutionDescriptor(nint descriptor);

    // ---- Pooling

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnCreatePoolingDescriptor(out nint descriptor);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetPooling2dDescriptor(
        PoolingDescriptor descriptor,
        CuDnnPoolingMode mode,
        CuDnnNanPropagation nan,
        int windowHeight,
        int windowWidth,
        int padHeight,
        int padWidth,
        int strideHeight,
        int strideWidth);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnDestroyPoolingDescriptor(nint descriptor);

    // ---- Activations

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnCreateActivationDescriptor(out nint descriptor);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnSetActivationDescriptor(
        ActivationDescriptor descriptor, CuDnnActivationMode mode, CuDnnNanPropagation nan, double coefficient);

    [LibraryImport(Library)]
    internal static partial CuDnnStatus cudnnDestroyActivationDescriptor(nint descriptor);
}
