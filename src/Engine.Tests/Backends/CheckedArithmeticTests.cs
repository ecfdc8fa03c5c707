using Engine.Tests.Emulator;

using static Engine.Tests.Backends.Numbers;

namespace Engine.Tests.Backends;

/// <summary>
/// Every kernel of arithmetic, layout, dropout and optimizers under the emulator that watches each access to memory: it
/// finds nothing to say, and the numbers are those of the plain emulator.
/// </summary>
[RequiresEmulator]
[TestFixture(DType.Float32)]
[TestFixture(DType.Float64)]
public sealed class CheckedArithmeticTests(DType dtype)
{
    // A whole tile of 8 KB and a tail behind it.
    private int Long => (8192 / dtype.Size()) + 13;

    [Test]
    public void Functions_of_one_number() => AssertTheSame((backend, random, make) =>
    {
        Tensor x = make(random, [Long]), y = Tensor.Like(x);
        List<Tensor> results = [];
        foreach (UnaryOperation operation in Enum.GetValues<UnaryOperation>())
        {
            backend.Unary(operation, x, y);
            results.Add(y.Clone());
        }

        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            backend.ActivationForward(activation, x, y);
            results.Add(y.Clone());
            backend.ActivationBackward(activation, y, x, y);
            results.Add(y.Clone());
        }

        backend.AddScaled(0.5, x, 0, y);
        backend.AddScaled(0.25, x, 2, y);
        backend.Fill(3, x, make(random, [1]), make(random, [7, 3]));
        return [.. results, x, y];
    });

    [Test]
    public void Functions_of_two_numbers() => AssertTheSame((backend, random, make) =>
    {
        Shape shape = [3, 7, Long / 3];
        Tensor x = make(random, shape);
        List<Tensor> results = [];
        foreach (BinaryOperation operation in Enum.GetValues<BinaryOperation>())
        {
            foreach (Shape other in (Shape[])[shape, [], [7, 1], [Long / 3], [3, 1, Long / 3]])
            {
                Tensor b = make(random, other), y = Tensor.Like(x);
                backend.Binary(operation, x, b, y);
                results.Add(y.Clone());
                backend.Binary(operation, b, x, y);
                results.Add(y);
            }
        }

        return [.. results];
    });

    [Test]
    public void Layout() => AssertTheSame((backend, random, make) =>
    {
        Tensor x = make(random, [3, 33, 2, 40]), turned = make(random, [3, 40, 33, 2]), kept = make(random, [33, 3, 2, 40]), short_ = make(random, [2, 33, 3, 40]);
        backend.Permute(x, [0, 3, 1, 2], turned);
        backend.Permute(x, [1, 0, 2, 3], kept);
        backend.Permute(x, [2, 1, 0, 3], short_);
        Tensor few = make(random, [5, 4]), turnedFew = make(random, [4, 5]);
        backend.Permute(few, [1, 0], turnedFew);
        Tensor packs = make(random, [3, 33, 2, 8]), odd = make(random, [3, 7, 2, 40]), whole = make(random, [3, 33, 2, 41]);
        backend.Slice(x, 3, 16, packs);
        backend.Slice(x, 1, 5, odd);
        backend.Place(x, 3, 1, whole);
        return [turned, kept, short_, turnedFew, packs, odd, whole];
    });

    [Test]
    public void Dropout() => AssertTheSame((backend, random, make) =>
    {
        Tensor inPacks = make(random, [1027]), cut = make(random, [1027]);
        backend.DropoutMask(1, 2, 4, 0.3, inPacks);
        backend.DropoutMask(1, 2, 7, 0.3, cut);
        return [inPacks, cut];
    });

    [Test]
    public void Optimizers() => AssertTheSame((backend, random, make) =>
    {
        AdamItem[] items = [.. ((int[])[1, Long, 5]).Select(n => new AdamItem(make(random, [n]), make(random, [n]), make(random, [n]), make(random, [n])))];
        SgdItem[] rows = [.. items.Select(item => new SgdItem(item.Gradient, item.M, item.Theta))];
        Tensor count = new([], DType.Int32, items[0].Theta.Device);
        backend.Fill(0, count);
        backend.CountNonFinite([.. items.Select(item => item.Gradient)], count);
        backend.SgdStep(rows, 0.1, 0, count);
        backend.SgdStep(rows, 0.1, 0.9, count);
        backend.AdamStep(items, new AdamSettings(0.1, 0.9, 0.99, 1e-8), 3, count);
        backend.Fill(double.NaN, items[0].Gradient);
        backend.CountNonFinite([items[0].Gradient, items[1].Gradient], count);
        return [count, .. items.SelectMany(item => (Tensor[])[item.M, item.V, item.Theta])];
    });

    private void AssertTheSame(Func<Backend, Philox, Func<Philox, Shape, Tensor>, Tensor[]> run)
    {
        Tensor[] plain = On(Device.Emulated), watched = On(Device.Checked);
        for (int i = 0; i < plain.Length; i++)
        {
            Assert.That(Of(watched[i]), Is.EqualTo(Of(plain[i])), $"result {i}");
        }

        Tensor[] On(Device device) =>
            run(Backend.Of(device), new Philox(5), (random, shape) => Uniform(random, shape, dtype, 0.1, 2).To(device));
    }
}
