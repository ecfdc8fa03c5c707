using Engine.Data;

namespace Engine.Tests.Data;

/// <summary>Random shifts move each image whole, reproducibly, by no more than they say.</summary>
public sealed class RandomShiftTests
{
    [TestCase(1, DType.Float32)]
    [TestCase(2, DType.Float64)]
    [TestCase(9, DType.Float32)]
    public void Every_image_is_moved_as_a_whole_by_some_shift_within_reach(int pixels, DType dtype)
    {
        HashSet<(int, int)> seen = [];
        for (int step = 0; step < 60; step++)
        {
            Batch batch = Images(step, dtype);
            Tensor before = batch.Inputs.Clone();
            new RandomShift(pixels, 1).Apply(batch);
            for (int n = 0; n < batch.Count; n++)
            {
                (int Down, int Right)[] fits =
                [
                    .. from down in Enumerable.Range(-pixels, (2 * pixels) + 1)
                       from right in Enumerable.Range(-pixels, (2 * pixels) + 1)
                       where IsShifted(before, batch.Inputs, n, down, right)
                       select (down, right),
                ];
                Assert.That(fits, Is.Not.Empty, $"image {n} of step {step} is no shift of itself");
                seen.UnionWith(fits.Length == 1 ? fits : []);
            }
        }

        // 180 draws from 9 or 25 shifts miss one with a probability below 1 in 50.
        int shifts = pixels < 3 ? (int)Math.Pow((2 * pixels) + 1, 2) : 20;
        Assert.That(seen, Has.Count.GreaterThanOrEqualTo(shifts));
    }

    [Test]
    public void The_same_epoch_and_step_bring_the_same_shifts_and_others_bring_others()
    {
        float[] Shifted(ulong seed, int epoch, int step)
        {
            Batch batch = Images(0, DType.Float32);
            (batch.Epoch, batch.Step) = (epoch, step);
            new RandomShift(3, seed).Apply(batch);
            return batch.Inputs.AsSpan<float>().ToArray();
        }

        float[] again = Shifted(1, 2, 3);
        Assert.That(Shifted(1, 2, 3), Is.EqualTo(again));
        Assert.That(Shifted(1, 2, 4), Is.Not.EqualTo(Shifted(1, 2, 3)));
        Assert.That(Shifted(1, 3, 3), Is.Not.EqualTo(Shifted(1, 2, 3)));
        Assert.That(Shifted(2, 2, 3), Is.Not.EqualTo(Shifted(1, 2, 3)));
    }

    [Test]
    public void Numbers_that_are_no_images_are_refused()
    {
        Batch rows = new(Tensor.Zeros([2, 3]), Tensor.From(0, 1));
        Assert.That(() => new RandomShift(1, 1).Apply(rows), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]"));
        Assert.That(() => new RandomShift(0, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    // Three images of two channels in which every pixel differs from every other.
    private static Batch Images(int step, DType dtype)
    {
        Tensor inputs = new([3, 2, 5, 4], dtype);
        for (int i = 0; i < inputs.ElementCount; i++)
        {
            inputs.SetFlat(i, i + 1);
        }

        return new Batch(inputs, Tensor.From(0, 1, 2)) { Step = step };
    }

    private static bool IsShifted(Tensor before, Tensor after, int n, int down, int right)
    {
        for (int c = 0; c < 2; c++)
        {
            for (int i = 0; i < 5; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    (int y, int x) = (i - down, j - right);
                    double expected = y is >= 0 and < 5 && x is >= 0 and < 4 ? before.GetFlat((((((n * 2) + c) * 5) + y) * 4) + x) : 0;
                    if (after.GetFlat((((((n * 2) + c) * 5) + i) * 4) + j) != expected)
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }
}
