using System.Runtime.CompilerServices;

namespace Engine.Tests.Tensors;

public sealed class StepScopeTests
{
    [Test]
    public void A_step_like_the_one_before_gets_the_same_addresses_and_allocates_nothing()
    {
        nuint[] first = Step(), second = Step();
        long before = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
        nuint[] third = Step();

        Assert.That(second, Is.EqualTo(first));
        Assert.That(third, Is.EqualTo(first));
        Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes, Is.EqualTo(before));

        static nuint[] Step()
        {
            using StepScope step = Device.Cpu.BeginStep();
            return [.. ((int[])[3, 1_000_000, 17, 5_000_000, 1]).Select(n => Address(new Tensor([n])))];
        }
    }

    [Test]
    public void The_peak_is_the_most_that_was_handed_out_at_a_time_in_whole_cache_lines()
    {
        StepArena arena = DeviceMemory.Of(Device.Cpu).Arena;
        using StepScope step = Device.Cpu.BeginStep();
        _ = new Tensor([16]);
        arena.ResetPeak();
        long before = arena.PeakBytes;
        _ = new Tensor([1]);
        using (Device.Cpu.BeginStep())
        {
            _ = new Tensor([1_000_000]);
            _ = new Tensor([17]);
        }

        _ = new Tensor([500]);
        Assert.That(arena.PeakBytes - before, Is.EqualTo(64 + 4_000_000 + 128));
        arena.ResetPeak();
        Assert.That(arena.PeakBytes - before, Is.EqualTo(64 + 2048));
    }

    [Test]
    public void Tensors_of_a_step_do_not_overlap_and_begin_on_cache_lines()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Philox random = new(3);
        List<(nuint From, nuint To)> taken = [];
        for (int i = 0; i < 200; i++)
        {
            Tensor x = new([1 + random.NextInt(50_000)]);
            nuint from = Address(x), to = from + (nuint)x.Bytes.Length;
            Assert.That(from % 64, Is.EqualTo((nuint)0));
            Assert.That(taken.TrueForAll(other => to <= other.From || from >= other.To), $"tensor {i}");
            taken.Add((from, to));
        }
    }

    [Test]
    public void A_tensor_used_after_its_step_says_what_to_do()
    {
        Tensor stale, view;
        using (Device.Cpu.BeginStep())
        {
            stale = Tensor.From([1f, 2, 3, 4], [2, 2]);
            view = stale.Reshape([4]);
            Assert.That(stale.GetFlat(3), Is.EqualTo(4));
        }

        Assert.That(() => stale.AsSpan<float>(), Throws.InvalidOperationException.With.Message.Contains("[2, 2]").And.Message.Contains("Clone()"));
        Assert.That(() => view.GetFlat(0), Throws.InvalidOperationException);
        Assert.That(() => stale.Clone(), Throws.InvalidOperationException);
        Assert.That(stale.ToString(), Is.EqualTo("Float32 [2, 2]"), "a debugger may still show it");
        using (Device.Cpu.BeginStep())
        {
            _ = new Tensor([4]);
            Assert.That(() => stale.AsSpan<float>(), Throws.InvalidOperationException, "also when another step is open");
        }
    }

    [Test]
    public void A_clone_made_outside_survives()
    {
        Tensor kept;
        using (Device.Cpu.BeginStep())
        {
            Tensor x = Tensor.From(1f, 2);
            using (StepScope.Outside(Device.Cpu))
            {
                kept = x.Clone();
            }
        }

        using (Device.Cpu.BeginStep())
        {
            Tensor.Zeros([1000]);
            Assert.That(kept.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 1f, 2 }));
        }
    }

    [Test]
    public void An_inner_step_gives_back_only_its_own()
    {
        using StepScope outer = Device.Cpu.BeginStep();
        Tensor x = Tensor.From(5f), inside;
        using (Device.Cpu.BeginStep())
        {
            inside = Tensor.From(6f);
            Assert.That(x.GetFlat(0), Is.EqualTo(5), "the outer step's tensors live on in the inner");
        }

        nuint next = Address(new Tensor([1]));
        Assert.That(x.GetFlat(0), Is.EqualTo(5));
        Assert.That(() => inside.GetFlat(0), Throws.InvalidOperationException);
        Assert.That(next, Is.Not.EqualTo(Address(x)));
    }

    [Test]
    public void Ending_twice_does_nothing_and_ending_the_outer_ends_the_inner()
    {
        StepScope outer = Device.Cpu.BeginStep();
        StepScope inner = Device.Cpu.BeginStep();
        Tensor x = Tensor.From(1f);
        outer.Dispose();
        Assert.That(() => x.GetFlat(0), Throws.InvalidOperationException);
        inner.Dispose();
        outer.Dispose();
        using StepScope next = Device.Cpu.BeginStep();
        Assert.That(Tensor.From(2f).GetFlat(0), Is.EqualTo(2));
    }

    [Test]
    public void A_tensor_without_a_step_lasts()
    {
        Tensor x = Tensor.From(1f);
        using (Device.Cpu.BeginStep())
        {
            Assert.That(x.GetFlat(0), Is.EqualTo(1));
        }

        Assert.That(x.GetFlat(0), Is.EqualTo(1));
    }

    [Test]
    public void Two_threads_never_share_a_step()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Tensor here = Tensor.From(1f), there = null!;
        Thread thread = new(() => there = Tensor.From(2f));
        thread.Start();
        thread.Join();
        step.Dispose();
        Assert.That(there.GetFlat(0), Is.EqualTo(2), "the other thread had no step open");
        Assert.That(() => here.GetFlat(0), Throws.InvalidOperationException);
    }

    [Test]
    public void Pieces_taken_and_given_back_in_one_order_get_the_same_addresses_and_never_overlap()
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            nuint[] first = Step(seed);
            Assert.That(Step(seed), Is.EqualTo(first), $"seed {seed}");
            long before = DeviceMemory.Of(Device.Cpu).AllocatedBytes;
            Assert.That(Step(seed), Is.EqualTo(first), $"seed {seed}");
            Assert.That(DeviceMemory.Of(Device.Cpu).AllocatedBytes, Is.EqualTo(before), $"seed {seed}");
        }

        static nuint[] Step(ulong seed)
        {
            Philox random = new(seed);
            using StepScope step = Device.Cpu.BeginStep();
            List<nuint> addresses = [];
            List<Tensor> alive = [];
            for (int i = 0; i < 300; i++)
            {
                if (alive.Count > 0 && random.NextInt(5) < 2)
                {
                    int gone = random.NextInt(alive.Count);
                    alive[gone].Piece!.LetGo();
                    alive.RemoveAt(gone);
                    continue;
                }

                Tensor made = new([1 << random.NextInt(22)]);
                nuint from = Address(made), to = from + (nuint)made.Bytes.Length;
                Assert.That(from % 64, Is.EqualTo((nuint)0));
                Assert.That(alive.TrueForAll(other => to <= Address(other) || from >= Address(other) + (nuint)other.Bytes.Length), $"seed {seed}, tensor {i}");
                alive.Add(made);
                addresses.Add(from);
            }

            return [.. addresses];
        }
    }

    [Test]
    public void Memory_given_back_is_the_next_to_be_taken_and_its_old_tensor_is_refused()
    {
        using StepScope step = Device.Cpu.BeginStep();
        Tensor old = Tensor.From(1f, 2), view = old.Reshape([2, 1]);
        nuint place = Address(old);
        old.Piece!.LetGo();
        Tensor next = Tensor.From(3f, 4);
        Assert.That(Address(next), Is.EqualTo(place));
        Assert.That(() => old.AsSpan<float>(), Throws.InvalidOperationException.With.Message.Contains("gone back"));
        Assert.That(() => view.AsSpan<float>(), Throws.InvalidOperationException);
        Assert.That(next.AsSpan<float>().ToArray(), Is.EqualTo(new[] { 3f, 4 }));
    }

    private static unsafe nuint Address(Tensor x) => (nuint)Unsafe.AsPointer(ref x.Bytes[0]);
}
