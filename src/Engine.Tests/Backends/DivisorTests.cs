using Engine.Backends.Cuda;

namespace Engine.Tests.Backends;

public sealed class DivisorTests
{
    [Test]
    public void Multiplying_and_shifting_divides([Range(1, 20)] int seed)
    {
        Philox random = new((ulong)seed);
        for (int i = 0; i < 1000; i++)
        {
            int divisor = 1 + random.NextInt(int.MaxValue >> random.NextInt(31)), n = random.NextInt(int.MaxValue >> random.NextInt(31));
            Check(divisor, n);

            // Where a quotient too large or too small by one would show first.
            int multiple = n / divisor * divisor;
            Check(divisor, multiple);
            Check(divisor, Math.Max(0, multiple - 1));
        }
    }

    [Test]
    public void The_ends_of_the_range_are_divided([Values(1, 2, 3, 5, 7, 641, 1 << 30, (1 << 30) + 1, int.MaxValue - 1, int.MaxValue)] int divisor)
    {
        foreach (int n in (int[])[0, 1, divisor - 1, divisor, int.MaxValue - 1, int.MaxValue])
        {
            Check(divisor, n);
        }
    }

    private static void Check(int divisor, int n) => Assert.That(new Divisor(divisor).Divide(n), Is.EqualTo(n / divisor), $"{n} / {divisor}");
}
