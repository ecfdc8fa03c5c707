using Engine.Backends.Cpu;
using Engine.Tests.House;

namespace Engine.Tests.Backends;

[NonParallelizable]
public sealed unsafe class WorkerPoolTests
{
    private int threads;

    [SetUp]
    public void Remember() => threads = WorkerPool.Threads;

    [TearDown]
    public void Restore() => WorkerPool.Threads = threads;

    [Test]
    public void Every_round_of_every_job_runs_exactly_once_whatever_the_number_of_threads()
    {
        const ulong Seed = 20;
        Philox random = new(Seed);
        int* counts = stackalloc int[64];
        for (int epoch = 0; epoch < 50_000; epoch++)
        {
            WorkerPool.Threads = 1 + random.NextInt(4);
            int rounds = random.NextInt(65);
            new Span<int>(counts, 64).Clear();
            WorkerPool.Run(new Count(counts), rounds);
            for (int i = 0; i < 64; i++)
            {
                if (counts[i] != (i < rounds ? 1 : 0))
                {
                    Assert.Fail($"seed {Seed}, epoch {epoch}: round {i} of {rounds} ran {counts[i]} times.");
                }
            }
        }
    }

    [Test]
    public void Workers_that_fell_asleep_do_not_miss_a_job()
    {
        WorkerPool.Threads = 3;
        long sum = 0;
        for (int epoch = 0; epoch < 40; epoch++)
        {
            Thread.Sleep(epoch % 4);
            WorkerPool.Run(new Add(&sum), 100);
        }

        Assert.That(sum, Is.EqualTo(40 * 4950));
    }

    [Test]
    public void A_sleeping_worker_is_woken_to_take_its_part()
    {
        // Each round waits for the other: one thread alone would never end.
        WorkerPool.Threads = 2;
        for (int epoch = 0; epoch < 5; epoch++)
        {
            Thread.Sleep(10);
            int arrived = 0;
            WorkerPool.Run(new Meet(&arrived), 2);
            Assert.That(arrived, Is.EqualTo(2));
        }
    }

    [Test]
    public void Several_callers_at_once_each_get_their_whole_job()
    {
        WorkerPool.Threads = 3;
        long[] sums = new long[4];
        Thread[] callers = new Thread[4];
        for (int caller = 0; caller < callers.Length; caller++)
        {
            int which = caller;
            callers[caller] = new Thread(() =>
            {
                long sum = 0;
                for (int epoch = 0; epoch < 5000; epoch++)
                {
                    WorkerPool.Run(new Add(&sum), 20);
                }

                sums[which] = sum;
            });
            callers[caller].Start();
        }

        foreach (Thread caller in callers)
        {
            caller.Join();
        }

        Assert.That(sums, Is.All.EqualTo(5000 * 190));
    }

    [Test]
    public void A_job_may_start_another()
    {
        WorkerPool.Threads = 3;
        long sum = 0;
        WorkerPool.Run(new Outer(&sum), 50);
        Assert.That(sum, Is.EqualTo(50 * 190));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void An_exception_in_a_round_reaches_the_caller_and_the_pool_lives_on(int count)
    {
        WorkerPool.Threads = count;
        Assert.That(() => WorkerPool.Run(new Throw(7), 20), Throws.InvalidOperationException.With.Message.EqualTo("round 7"));
        long sum = 0;
        WorkerPool.Run(new Add(&sum), 20);
        Assert.That(sum, Is.EqualTo(190));
    }

    [Test]
    public void A_job_costs_no_managed_memory()
    {
        WorkerPool.Threads = 2;
        void Epochs()
        {
            long sum = 0;
            for (int epoch = 0; epoch < 1000; epoch++)
            {
                WorkerPool.Run(new Add(&sum), 10);
            }
        }

        Epochs();
        Assert.That(Allocations.Of(Epochs), Is.Zero);
    }

    [Test]
    public void No_threads_at_all_is_refused() =>
        Assert.That(() => WorkerPool.Threads = 0, Throws.InstanceOf<ArgumentOutOfRangeException>());

    private readonly struct Count(int* counts) : IParallelJob
    {
        public void Execute(int index) => Interlocked.Increment(ref counts[index]);
    }

    private readonly struct Add(long* sum) : IParallelJob
    {
        public void Execute(int index) => Interlocked.Add(ref *sum, index);
    }

    private readonly struct Meet(int* arrived) : IParallelJob
    {
        public void Execute(int index)
        {
            Interlocked.Increment(ref *arrived);
            SpinWait.SpinUntil(HaveBothArrived(arrived));
        }

        private static Func<bool> HaveBothArrived(int* arrived) => () => Volatile.Read(ref *arrived) == 2;
    }

    private readonly struct Outer(long* sum) : IParallelJob
    {
        public void Execute(int index) => WorkerPool.Run(new Add(sum), 20);
    }

    private readonly struct Throw(int guilty) : IParallelJob
    {
        public void Execute(int index)
        {
            if (index == guilty)
            {
                throw new InvalidOperationException($"round {guilty}");
            }
        }
    }
}
