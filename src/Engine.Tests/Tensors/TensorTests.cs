using System.Runtime.CompilerServices;

namespace Engine.Tests.Tensors;

public sealed class TensorTests
{
    [Test]
    public void Elements_lie_row_by_row()
    {
        Tensor x = Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]);
        Assert.That(x.AsTensorSpan<float>()[1, 0], Is.EqualTo(4));
        Assert.That(x.GetFlat(5), Is.EqualTo(6));
        x.AsSpan<float>()[4] = 50;
        Assert.That(x.AsTensorSpan<float>()[1, 1], Is.EqualTo(50));
        x.SetFlat(0, 0.1);
        Assert.That(x.GetFlat(0), Is.EqualTo((double)0.1f), "rounded to the tensor's type");
    }

    [Test]
    public void Values_and_shape_must_agree_in_number() =>
        Assert.That(() => Tensor.From([1f, 2], [3]), Throws.ArgumentException.With.Message.Contains("[3]").And.Message.Contains("2 values"));

    [Test]
    public void A_view_of_the_wrong_type_is_refused() =>
        Assert.That(() => Tensor.From(1f).AsSpan<double>(), Throws.InvalidOperationException.With.Message.Contains("Float32").And.Message.Contains("Float64"));

    [Test]
    public unsafe void Memory_begins_on_a_cache_line([Values] DType dtype)
    {
        for (int n = 1; n < 100; n++)
        {
            Tensor x = new([n], dtype);
            Assert.That((nuint)Unsafe.AsPointer(ref x.Bytes[0]) % 64, Is.EqualTo((nuint)0));
            Assert.That(x.Bytes.Length, Is.EqualTo(n * dtype.Size()));
        }
    }

    [Test]
    public void Copies_have_memory_of_their_own_and_reshaped_tensors_do_not()
    {
        Tensor x = Tensor.From(1f, 2, 3, 4), copy = x.Clone(), view = x.Reshape([2, 2]);
        x.SetFlat(0, 9);
        Assert.That(copy.GetFlat(0), Is.EqualTo(1));
        Assert.That(view.GetFlat(0), Is.EqualTo(9));
        Assert.That(view.SharesMemoryWith(x));
        Assert.That(copy.SharesMemoryWith(x), Is.False);
        Assert.That(() => x.Reshape([3]), Throws.ArgumentException.With.Message.Contains("[4]").And.Message.Contains("[3]"));
        copy.CopyTo(x);
        Assert.That(x.GetFlat(0), Is.EqualTo(1));
        Assert.That(() => x.CopyTo(view), Throws.ArgumentException);
        Assert.That(() => x.CopyTo(new Tensor([4], DType.Float64)), Throws.ArgumentException);
    }

    [Test]
    public void Conversion_rounds_to_nearest()
    {
        Tensor x = Tensor.From(0.1, -2.5, 1e300);
        Tensor y = x.To(DType.Float32);
        Assert.That(y.DType, Is.EqualTo(DType.Float32));
        Assert.That(y.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 0.1f, -2.5f, float.PositiveInfinity }));
        Assert.That(x.To(DType.Float64), Is.SameAs(x));
    }

    [Test]
    public void Item_is_for_one_element()
    {
        Assert.That(Tensor.From([7f], []).Item(), Is.EqualTo(7));
        Assert.That(() => Tensor.From(1f, 2).Item(), Throws.InvalidOperationException);
    }

    [Test]
    public void Zeros_are_zero_and_text_shows_the_values()
    {
        Assert.That(Tensor.Zeros([1000], DType.Int32).AsSpan<int>().ToArray(), Has.All.Zero);
        Assert.That(Tensor.From(1f, 2.5f).ToString(), Is.EqualTo("Float32 [2] { 1, 2.5 }"));
        Assert.That(Tensor.Zeros([17]).ToString(), Is.EqualTo("Float32 [17]"));
    }

    [Test]
    public void A_device_that_is_not_there_is_refused_by_name() =>
        Assert.That(() => new Tensor([1], DType.Float32, new Device(DeviceKind.Cpu, 3)), Throws.TypeOf<NotSupportedException>().With.Message.Contains("cpu"));
}
