using Engine.Cli.Commands;
using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Cli;

/// <summary>Layers are run once on another thread before they are needed, those that are quickly computed.</summary>
public sealed class EarlyCompilationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Test]
    public void Small_layers_are_run_from_the_last_to_the_first_and_large_ones_passed_over()
    {
        List<Recorder> order = [];
        using ManualResetEventSlim firstIsDone = new();
        Recorder first = new(10, _ => firstIsDone.Set()), large = new(1L << 40, order.Add), last = new(10, order.Add);
        Network network = [first, new Dense(3, 2, new Philox(1)), large, last];
        if (EarlyCompilation.Begin(network.Freeze([1, 3]), [1, 3]) is not { } compilation)
        {
            Assert.That(Environment.ProcessorCount, Is.EqualTo(1), "the only reason not to begin");
            return;
        }

        using (compilation)
        {
            Assert.That(firstIsDone.Wait(Patience), "the first layer was run");
        }

        Assert.That(order, Is.EqualTo(new[] { last }));
        Assert.That((first.Seen, last.Seen), Is.EqualTo((new Shape(1, 3), new Shape(1, 2))));
        Assert.That(last.Thread, Is.Not.EqualTo(Environment.CurrentManagedThreadId));
    }

    [Test]
    public void It_ends_with_the_layer_that_is_under_way()
    {
        using ManualResetEventSlim begun = new(), goOn = new();
        Recorder first = new(10, _ => { }), last = new(10, _ =>
        {
            begun.Set();
            goOn.Wait(Patience);
        });
        Network network = [first, new Dense(3, 2, new Philox(1)), last];
        if (EarlyCompilation.Begin(network.Freeze([1, 3]), [1, 3]) is { } compilation)
        {
            Assert.That(begun.Wait(Patience), "the last layer was run");
            Task end = Task.Run(compilation.Dispose);
            Assert.That(SpinWait.SpinUntil(() => compilation.IsOver, Patience));
            goOn.Set();
            Assert.That(end.Wait(Patience), "it has ended");
            Assert.That(first.Seen, Is.Null);
        }
    }

    // Says what it was given, and on which thread.
    private sealed class Recorder(long multiplyAdds, Action<Recorder> seen) : Layer
    {
        public Shape? Seen { get; private set; }

        public int Thread { get; private set; }

        public override Shape OutputShape(Shape input) => input;

        public override long MultiplyAdds(Shape input) => multiplyAdds;

        public override Tensor Forward(Tensor x, Pass pass)
        {
            (Seen, Thread) = (x.Shape, Environment.CurrentManagedThreadId);
            seen(this);
            return x;
        }

        public override Tensor Backward(Tensor g, Pass pass) => g;
    }
}
