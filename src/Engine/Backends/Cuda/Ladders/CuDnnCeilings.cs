using Engine.Backends.Ladders;
using Engine.Tensors;
using Native.Kernels.CuDnn;
using Native.Kernels.Libraries;

namespace Engine.Backends.Cuda;

/// <summary>What cuDNN makes of a ladder's problem; no rung where it is not there, as in the emulator.</summary>
internal static class CuDnnCeilings
{
    private const string Name = "cuDNN";
    private const string Idea = "the vendor's";

    /// <summary>Softmax of the rows of a matrix.</summary>
    public static IEnumerable<KernelRung> Softmax(Tensor x, Tensor y)
    {
        if (TryHandle(x.Device) is not { } handle)
        {
            return [];
        }

        CuDnnSoftmax softmax = new(handle, TypeOf(x), x.Shape[0], x.Shape[1]);
        return [new KernelRung(Name, Idea, () => softmax.Forward(x.Address, y.Address), IsCeiling: true)];
    }

    /// <summary>Batch normalization of images in training.</summary>
    public static IEnumerable<KernelRung> BatchNormalization(Tensor x, Tensor gamma, Tensor beta, double epsilon, Tensor y)
    {
        if (TryHandle(x.Device) is not { } handle)
        {
            return [];
        }

        CuDnnBatchNormalization normalization = new(handle, TypeOf(x), new TensorShape(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]));
        Tensor mean = Tensor.Like(gamma), inverse = Tensor.Like(gamma);
        return [new KernelRung(Name, Idea, Forward, IsCeiling: true)];

        void Forward() => normalization.ForwardTraining(
            x.Address, gamma.Address, beta.Address, epsilon, y.Address, mean.Address, inverse.Address);
    }

    private static CuDnnHandle? TryHandle(Device device) =>
        device.Kind == DeviceKind.Cuda && NativeLibraries.IsAvailable(NativeLibraries.CuDnn) ? new CuDnnHandle(CudaDevice.Of(device).Stream) : null;

    private static CuDnnDataType TypeOf(Tensor x) => x.DType == DType.Float32 ? CuDnnDataType.Float32 : CuDnnDataType.Float64;
}
