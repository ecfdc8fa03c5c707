namespace Engine.Tests.Tensors;

public sealed class DTypeTests
{
    [TestCase(DType.Float32, 4, true)]
    [TestCase(DType.Float64, 8, true)]
    [TestCase(DType.Int32, 4, false)]
    public void Each_type_has_its_size(DType dtype, int size, bool isFloat)
    {
        Assert.That(dtype.Size(), Is.EqualTo(size));
        Assert.That(dtype.IsFloat(), Is.EqualTo(isFloat));
    }

    [Test]
    public void Each_type_has_its_CSharp_type()
    {
        Assert.That(DTypes.Of<float>(), Is.EqualTo(DType.Float32));
        Assert.That(DTypes.Of<double>(), Is.EqualTo(DType.Float64));
        Assert.That(DTypes.Of<int>(), Is.EqualTo(DType.Int32));
        Assert.That(() => DTypes.Of<long>(), Throws.ArgumentException.With.Message.Contains("Int64"));
        Assert.That(() => ((DType)9).Size(), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
