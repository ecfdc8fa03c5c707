using Engine.Data;

namespace Engine.Tests.Data;

public sealed class DigitGeneratorTests
{
    private const int Side = 28;

    [Test]
    public void A_digit_depends_on_the_seed_and_its_number_alone()
    {
        Dataset many = new DigitGenerator(5).Generate("many", 0, 200);
        Dataset few = new DigitGenerator(5).Generate("few", 150, 20);
        for (int i = 0; i < few.Count; i++)
        {
            float[] alone = [.. new DigitGenerator(5).Draw(150 + i).Select(b => b / 255f)];
            Assert.That(many.Input(150 + i).AsSpan<float>().ToArray(), Is.EqualTo(alone), $"digit {150 + i}");
            Assert.That(few.Input(i).AsSpan<float>().ToArray(), Is.EqualTo(alone), $"digit {150 + i}");
        }
    }

    [Test]
    public void No_two_digits_are_the_same()
    {
        HashSet<string> seen = [];
        for (int i = 0; i < 500; i++)
        {
            Assert.That(seen.Add(Convert.ToHexString(new DigitGenerator(1).Draw(i))), $"digit {i} was there before");
            Assert.That(seen.Add(Convert.ToHexString(new DigitGenerator(2).Draw(i))), $"digit {i} of another seed was there before");
        }
    }

    [Test]
    public void Every_stretch_of_ten_has_all_classes()
    {
        Dataset set = new DigitGenerator(1).Generate("digits", 7, 40);
        Assert.That(set.CountPerClass(), Is.All.EqualTo(4));
        Assert.That(set.Label(0), Is.EqualTo(DigitGenerator.LabelOf(7)));
    }

    [Test]
    public void Every_digit_has_the_form_of_MNIST()
    {
        // The longer side of the ink is 20 pixels, and its centre of mass lies within half a pixel of (14, 14), except
        // where centring would push the box over the edge.
        const ulong Seed = 3;
        for (int i = 0; i < 1000; i++)
        {
            byte[] digit = new DigitGenerator(Seed).Draw(i);
            int[] rows = [.. Enumerable.Range(0, Side).Where(y => digit.AsSpan(y * Side, Side).ContainsAnyExcept((byte)0))];
            int[] columns = [.. Enumerable.Range(0, Side).Where(x => Enumerable.Range(0, Side).Any(y => digit[(y * Side) + x] != 0))];
            int height = rows[^1] - rows[0] + 1, width = columns[^1] - columns[0] + 1;
            Assert.That(Math.Max(width, height), Is.InRange(19, 20), $"seed {Seed}, digit {i}");
            double mass = digit.Sum(b => (double)b);
            double x = Enumerable.Range(0, digit.Length).Sum(k => digit[k] * (double)(k % Side)) / mass;
            double y = Enumerable.Range(0, digit.Length).Sum(k => digit[k] * (double)(k / Side)) / mass;
            bool held = rows[0] == 0 || rows[^1] == Side - 1 || columns[0] == 0 || columns[^1] == Side - 1;
            Assert.That(held || (Math.Abs(x - 14) <= 0.5 && Math.Abs(y - 14) <= 0.5), $"seed {Seed}, digit {i}: centre ({x}, {y})");
            Assert.That(digit.Max(), Is.EqualTo(255).Or.GreaterThan(150), $"seed {Seed}, digit {i}");
        }
    }

    [Test]
    public void There_is_as_much_ink_as_in_MNIST()
    {
        // The mean of MNIST's training pixels is 0.1307.
        Dataset set = new DigitGenerator(1).Generate("digits", 0, 3000);
        Assert.That(set.ToTensors().Inputs.AsSpan<float>().ToArray().Average(), Is.EqualTo(0.1307).Within(0.02));
    }

    [Test]
    public void Digits_of_a_class_are_nearer_to_their_own_mean_than_to_others()
    {
        // Nearest class mean reads about 80 % of MNIST; a generator that mixed up its labels would fall to 10 %.
        float[][] means = [.. Enumerable.Range(0, 10).Select(_ => new float[Side * Side])];
        Dataset train = new DigitGenerator(1).Generate("train", 0, 2000), test = new DigitGenerator(1).Generate("test", DigitGenerator.TestStart, 500);
        for (int i = 0; i < train.Count; i++)
        {
            float[] mean = means[train.Label(i)];
            ReadOnlySpan<float> x = train.Input(i).AsSpan<float>();
            for (int k = 0; k < mean.Length; k++)
            {
                mean[k] += x[k] / 200;
            }
        }

        int right = Enumerable.Range(0, test.Count).Count(i =>
        {
            float[] x = test.Input(i).AsSpan<float>().ToArray();
            return test.Label(i) == Enumerable.Range(0, 10).MinBy(c => x.Zip(means[c], (a, b) => (a - b) * (a - b)).Sum());
        });
        Assert.That(right / 500.0, Is.InRange(0.6, 0.98));
    }

    [Test]
    public void Models_of_a_glyph_must_agree_in_points() =>
        Assert.That(() => Glyph.Parse(1, "0,0 1,1", "0,0 1,1 2,2"), Throws.ArgumentException);
}
