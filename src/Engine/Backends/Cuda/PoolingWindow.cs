using System.Runtime.InteropServices;

namespace Engine.Backends.Cuda;

/// <summary>The sizes of a pooling operation, laid out as the structure of that name in <c>kernels/pooling.cu</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PoolingWindow(in PoolingShape shape)
{
    private readonly Axis rows = new(shape.Rows);
    private readonly Axis columns = new(shape.Columns);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Axis(in PoolingAxis axis)
    {
        private readonly int inputs = axis.Inputs;
        private readonly int outputs = axis.Outputs;
        private readonly int kernel = axis.Kernel;
        private readonly int stride = axis.Stride;
        private readonly int dilation = axis.Dilation;
        private readonly int before = axis.Before;
    }
}
