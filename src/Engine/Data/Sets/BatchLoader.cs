using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Engine.Data;

/// <summary>Hands out a data set batch by batch, epoch by epoch, preparing the next ones in the background.</summary>
/// <remarks>
/// One thread fills a ring of buffers made once; afterwards nothing but a small generator per epoch is allocated. The
/// order of samples depends on the seed and the epoch alone — not on threads, nor on where a run began — so a resumed run
/// sees the batches that an uninterrupted one would have seen. For one consumer.
/// </remarks>
public sealed class BatchLoader : IDisposable
{
    private readonly object gate = new();
    private readonly BatchFiller filler;
    private readonly BatchBuffer[] buffers;
    private readonly Batch?[] ready;
    private readonly Thread? thread;

    // Guarded by the gate. Batches are counted through: filled ≥ taken ≥ released, and filled − released ≤ buffers.
    private long filled;
    private long taken;
    private long released;
    private bool finished;
    private bool disposed;
    private ExceptionDispatchInfo? failure;

    /// <summary>A loader at the beginning of an epoch, or at the step its options say.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="options">How to cut them into batches; the defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or drops every batch.</exception>
    public BatchLoader(Dataset data, BatchLoaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new BatchLoaderOptions();
        filler = new BatchFiller(data, options);

        // One buffer more than may lie ready: the one the consumer works on.
        buffers = new BatchBuffer[options.Background ? options.QueueLength + 1 : 1];
        ready = new Batch?[buffers.Length];
        for (int i = 0; i < buffers.Length; i++)
        {
            buffers[i] = filler.MakeBuffer();
        }

        if (options.Background)
        {
            thread = new Thread(FillUntilDisposed) { IsBackground = true, Name = $"batches of {data.Name}" };
            thread.Start();
        }
    }

    /// <summary>The number of batches in an epoch.</summary>
    public int StepsPerEpoch => filler.StepsPerEpoch;

    /// <summary>The next batch; false after the last one. The batch before it may not be used any more.</summary>
    /// <exception cref="ObjectDisposedException">The loader has been disposed.</exception>
    /// <remarks>What goes wrong while a batch is prepared is thrown here, by the call that would have returned it.</remarks>
    public bool TryNext([NotNullWhen(true)] out Batch? batch)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            batch = thread is null ? filler.Fill(buffers[0]) : TakeFromQueue();
            return batch is not null;
        }
    }

    /// <summary>For <c>foreach</c>: the batches from here to the last.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Stops the thread and waits until it has ended. Twice is once.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            Monitor.PulseAll(gate);
        }

        thread?.Join();
    }

    private Batch? TakeFromQueue()
    {
        released = taken;
        Monitor.PulseAll(gate);
        while (filled == taken && !finished)
        {
            Monitor.Wait(gate);
            ObjectDisposedException.ThrowIf(disposed, this);
        }

        if (filled == taken)
        {
            failure?.Throw();
            return null;
        }

        return ready[taken++ % buffers.Length];
    }

    private void FillUntilDisposed()
    {
        try
        {
            while (WaitForBuffer(out int free) && filler.Fill(buffers[free]) is Batch batch)
            {
                lock (gate)
                {
                    ready[free] = batch;
                    filled++;
                    Monitor.PulseAll(gate);
                }
            }
        }
        catch (Exception problem)
        {
            failure = ExceptionDispatchInfo.Capture(problem);
        }
        finally
        {
            lock (gate)
            {
                finished = true;
                Monitor.PulseAll(gate);
            }
        }
    }

    private bool WaitForBuffer(out int free)
    {
        lock (gate)
        {
            while (filled - released == buffers.Length && !disposed)
            {
                Monitor.Wait(gate);
            }

            free = (int)(filled % buffers.Length);
            return !disposed;
        }
    }

    /// <summary>Walks through the batches of a loader.</summary>
    public ref struct Enumerator
    {
        private readonly BatchLoader loader;
        private Batch? current;

        internal Enumerator(BatchLoader loader)
        {
            this.loader = loader;
        }

        /// <summary>The batch in hand.</summary>
        public readonly Batch Current => current ?? throw new InvalidOperationException("Call MoveNext first.");

        /// <summary>Goes to the next batch; false after the last.</summary>
        public bool MoveNext() => loader.TryNext(out current);
    }
}
