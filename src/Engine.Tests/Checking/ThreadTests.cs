using Engine.Backends.Cpu;
using Engine.Checking;

namespace Engine.Tests.Checking;

/// <summary>A result does not depend on how many threads computed it, to the last bit.</summary>
[NonParallelizable]
public sealed class ThreadTests
{
    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [TestCaseSource(nameof(AllGenerators))]
    public void Output_and_gradients_are_the_same_bits_for_one_thread_and_for_several(object generator)
    {
        for (ulong seed = 0; seed < 5; seed++)
        {
            Philox random = new(seed);
            GradientCase subject = ((CaseGenerator)generator).Realistic(random);
            Tensor v = RandomTensors.Signed(subject.Output().Shape, random);
            (double[] output, double[][] gradients) = Run(subject, v, 1);
            foreach (int count in (ReadOnlySpan<int>)[2, 3])
            {
                (double[] again, double[][] gradientsAgain) = Run(subject, v, count);
                Assert.That(again, Is.EqualTo(output), $"seed {seed}, {count} threads: {subject}");
                Assert.That(gradientsAgain, Is.EqualTo(gradients), $"seed {seed}, {count} threads: {subject}");
            }
        }
    }

    private static (double[] Output, double[][] Gradients) Run(GradientCase subject, Tensor v, int count)
    {
        WorkerPool.Threads = count;
        return (subject.Output().AsSpan<double>().ToArray(), subject.Gradients(v));
    }

    private static IEnumerable<TestCaseData> AllGenerators =>
        Generators.Everything.Select(g => new TestCaseData(g).SetArgDisplayNames(g.Subject));
}
