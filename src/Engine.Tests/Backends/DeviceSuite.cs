namespace Engine.Tests.Backends;

/// <summary>Tests of a family of operations that run on every device.</summary>
/// <remarks>Tensors are made in main memory, where tests can look into them, and copied to the device.</remarks>
public abstract class DeviceSuite(Device device)
{
    /// <summary>Where the operations are done.</summary>
    protected Device Device { get; } = device;

    /// <summary>What does them.</summary>
    protected Backend Backend => Backend.Of(Device);

    /// <summary>Uniform random numbers on the device.</summary>
    protected Tensor Uniform(Philox random, Shape shape, DType dtype, double low = -2, double high = 2) =>
        Numbers.Uniform(random, shape, dtype, low, high).To(Device);

    /// <summary>Equal numbers on the device.</summary>
    protected Tensor Filled(Shape shape, DType dtype, double value) => Numbers.Filled(shape, dtype, value).To(Device);

    /// <summary>The given numbers on the device.</summary>
    protected Tensor From<T>(params T[] values)
        where T : unmanaged => Tensor.From(values).To(Device);
}
