using Engine.Data;

namespace Engine.Tests.Data;

public sealed class BatchLoaderTests
{
    // Long enough for any machine; a test that waits this long has found a deadlock.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Every_epoch_visits_every_sample_once([Values] bool background, [Values] bool shuffle)
    {
        List<Seen> seen = Run(10, new() { BatchSize = 4, Background = background, Shuffle = shuffle, EndEpoch = 3 });
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Seen[] batches = [.. seen.Where(batch => batch.Epoch == epoch)];
            Assert.That(batches.Select(batch => batch.Step), Is.EqualTo(new[] { 0, 1, 2 }));
            Assert.That(batches.Select(batch => batch.Ids.Length), Is.EqualTo(new[] { 4, 4, 2 }));
            Assert.That(batches.SelectMany(batch => batch.Ids), Is.EquivalentTo(Enumerable.Range(0, 10)));
        }
    }

    [Test]
    public void The_order_is_the_permutation_of_Philox_of_seed_and_epoch()
    {
        List<Seen> seen = Run(10, new() { BatchSize = 10, Seed = 42, EndEpoch = 3 });
        Assert.That(seen.Select(batch => batch.Ids), Is.EqualTo(new[]
        {
            new Philox(42, 0).Permutation(10), new Philox(42, 1).Permutation(10), new Philox(42, 2).Permutation(10),
        }));
    }

    [Test]
    public void Batches_are_the_same_with_and_without_the_background_thread([Values(1, 3, 7, 50)] int batchSize, [Values] bool dropLast)
    {
        BatchLoaderOptions options = new() { BatchSize = batchSize, Seed = 3, DropLast = dropLast, EndEpoch = 4 };
        Assert.That(
            Run(50, options with { Background = true, QueueLength = 1 }), Is.EqualTo(Run(50, options with { Background = false })));
        Assert.That(
            Run(50, options with { Background = true, QueueLength = 8 }), Is.EqualTo(Run(50, options with { Background = false })));
    }

    [Test]
    public void A_resumed_run_sees_the_batches_of_an_uninterrupted_one([Values] bool background)
    {
        BatchLoaderOptions options = new() { BatchSize = 3, Seed = 9, EndEpoch = 3, Background = background };
        List<Seen> whole = Run(10, options);
        for (int done = 0; done < whole.Count; done++)
        {
            BatchLoaderOptions resumed = options with { StartEpoch = whole[done].Epoch, StartStep = whole[done].Step };
            Assert.That(Run(10, resumed), Is.EqualTo(whole.Skip(done)), $"after {done} steps");
        }

        // A run saved after the last step of an epoch goes on with the next one.
        Assert.That(Run(10, options with { StartEpoch = 1, StartStep = 4 }), Is.EqualTo(whole.Skip(8)));
    }

    [Test]
    public void A_partial_last_batch_is_dropped_on_request()
    {
        List<Seen> seen = Run(10, new() { BatchSize = 4, DropLast = true, EndEpoch = 1 });
        Assert.That(seen.Select(batch => batch.Ids.Length), Is.EqualTo(new[] { 4, 4 }));
    }

    [Test]
    public void A_batch_larger_than_the_set_is_the_set()
    {
        Assert.That(Run(10, new() { BatchSize = 64, EndEpoch = 1 }).Single().Ids, Is.EquivalentTo(Enumerable.Range(0, 10)));
        Assert.That(
            () => new BatchLoader(DatasetTests.Numbered(10), new() { BatchSize = 64, DropLast = true }),
            Throws.ArgumentException.With.Message.Contains("no batch is left"));
    }

    [Test]
    public void A_batch_in_hand_does_not_change_while_the_next_are_prepared()
    {
        using BatchLoader loader = new(DatasetTests.Numbered(64), new() { BatchSize = 4, QueueLength = 2 });
        for (int i = 0; i < 50; i++)
        {
            Assert.That(loader.TryNext(out Batch? batch));
            float[] first = batch!.Inputs.AsSpan<float>().ToArray();
            Thread.Yield();
            Assert.That(batch.Inputs.AsSpan<float>().ToArray(), Is.EqualTo(first));
        }
    }

    [Test]
    public void After_the_first_round_no_batch_is_allocated([Values] bool background)
    {
        Dataset set = Dataset.OfImages("zeros", new byte[70 * 784], [1, 28, 28], new int[70], ["0"]);
        using BatchLoader loader = new(set, new() { BatchSize = 32, Background = background });
        for (int i = 0; i < 12; i++)
        {
            loader.TryNext(out _);
        }

        // 60 batches of 100 kB each would be 6 MB; what is left is a generator of some 100 bytes for each of 20 epochs, and
        // whatever else runs in this process. That comes and goes; what the loader allocates is in every reading.
        long tensors = DeviceMemory.Of(Device.Cpu).AllocatedBytes, least = long.MaxValue;
        for (int reading = 0; reading < 3; reading++)
        {
            long objects = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 60; i++)
            {
                loader.TryNext(out _);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - objects);
        }

        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes - tensors, Is.LessThan(100_000));
        Assert.That(least, Is.LessThan(100_000));
    }

    [Test]
    public void A_loader_made_inside_a_step_outlives_it()
    {
        Dataset data = DatasetTests.Numbered(8);
        BatchLoader loader;
        using (Device.Cpu.BeginStep())
        {
            loader = new BatchLoader(data, new() { BatchSize = 8, Shuffle = false });
        }

        using (loader)
        {
            Assert.That(loader.TryNext(out Batch? batch));
            Assert.That(batch!.Inputs.GetFlat(2), Is.EqualTo(1));
        }
    }

    [Test]
    public void Disposing_at_any_moment_ends_the_thread([Range(0, 6)] int batches)
    {
        Task disposed = Task.Run(() =>
        {
            BatchLoader loader = new(DatasetTests.Numbered(100), new() { BatchSize = 3, QueueLength = 2 });
            for (int i = 0; i < batches; i++)
            {
                loader.TryNext(out _);
            }

            loader.Dispose();
            loader.Dispose();
            Assert.That(() => loader.TryNext(out _), Throws.TypeOf<ObjectDisposedException>());
        });
        Assert.That(disposed.Wait(Patience), "the loader hangs");
    }

    [Test]
    public void Leaving_a_loop_by_an_exception_ends_the_thread()
    {
        Task left = Task.Run(() =>
        {
            using BatchLoader loader = new(DatasetTests.Numbered(100), new() { BatchSize = 3 });
            foreach (Batch batch in loader)
            {
                if (batch.Step == 5)
                {
                    throw new InvalidTimeZoneException("a bug in the training loop");
                }
            }
        });
        Assert.That(() => left.Wait(Patience), Throws.TypeOf<AggregateException>().With.InnerException.TypeOf<InvalidTimeZoneException>());
    }

    [Test]
    public void What_goes_wrong_while_preparing_is_thrown_to_the_consumer_in_its_turn([Values] bool background)
    {
        BatchLoaderOptions options = new()
        {
            BatchSize = 2,
            Background = background,
            Transform = batch =>
            {
                if (batch.Step == 3)
                {
                    throw new InvalidTimeZoneException("a bug in the augmentation");
                }
            },
        };
        using BatchLoader loader = new(DatasetTests.Numbered(20), options);
        for (int i = 0; i < 3; i++)
        {
            Assert.That(loader.TryNext(out Batch? batch));
            Assert.That(batch!.Step, Is.EqualTo(i));
        }

        Assert.That(() => loader.TryNext(out _), Throws.TypeOf<InvalidTimeZoneException>());
        Assert.That(() => loader.TryNext(out _), Throws.TypeOf<InvalidTimeZoneException>(), "asking again does not hang");
    }

    [Test]
    public void A_transform_changes_what_is_handed_out()
    {
        BatchLoaderOptions options = new() { BatchSize = 2, Shuffle = false, EndEpoch = 1, Transform = batch => batch.Inputs.SetFlat(0, 100 + batch.Step) };
        Assert.That(Run(6, options).Select(batch => batch.Ids[0]), Is.EqualTo(new[] { 100, 101, 102 }));
    }

    [Test]
    public void Target_values_come_in_the_type_of_the_inputs()
    {
        using BatchLoader loader = new(DataCatalog.Load("line").Train, new() { BatchSize = 2, Shuffle = false, DType = DType.Float64 });
        Assert.That(loader.TryNext(out Batch? batch));
        Assert.That(batch!.Inputs.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 1, 2 }));
        Assert.That(batch.Targets.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 3, 5 }));
    }

    private static List<Seen> Run(int samples, BatchLoaderOptions options)
    {
        List<Seen> seen = [];
        using BatchLoader loader = new(DatasetTests.Numbered(samples), options);
        foreach (Batch batch in loader)
        {
            int[] ids = [.. Enumerable.Range(0, batch.Count).Select(i => (int)batch.Inputs.GetFlat(2 * i))];
            seen.Add(new Seen(batch.Epoch, batch.Step, ids));
            for (int i = 0; options.Transform is null && i < batch.Count; i++)
            {
                Assert.That(batch.Targets.GetFlat(i), Is.EqualTo(ids[i] % 2), "input and label stay together");
            }
        }

        return seen;
    }

    private sealed record Seen(int Epoch, int Step, int[] Ids)
    {
        public bool Equals(Seen? other) => other is not null && (Epoch, Step) == (other.Epoch, other.Step) && Ids.SequenceEqual(other.Ids);

        public override int GetHashCode() => HashCode.Combine(Epoch, Step, Ids.Length);
    }
}
