using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Engine.Backends.Cpu;

/// <summary>
/// A loop whose rounds may run at the same time: a small struct of pointers and sizes, so that starting it allocates
/// nothing. Which thread runs which round is not determined; that the result does not depend on it is up to the job.
/// </summary>
public interface IParallelJob
{
    /// <summary>Runs one round of the loop.</summary>
    /// <param name="index">Which round, from 0.</param>
    void Execute(int index);
}

/// <summary>The threads that the CPU back end computes on: the caller and <see cref="Threads"/> − 1 workers.</summary>
/// <remarks>
/// <para>
/// A kernel here takes tens of microseconds, so handing out work must take a fraction of one. There is no queue: one
/// job at a time lies in three fields, and a single number, the ticket, holds the first and the end of the rounds that
/// nobody has claimed yet (and how many jobs there have been, for the debugger's eyes and to keep two tickets apart). A
/// thread claims a round by a compare-and-swap that moves one of the two. The caller publishes the job, claims rounds
/// like everybody else, and at the end waits only for rounds that others have claimed and not finished. So a worker that
/// sleeps or was preempted costs nothing but its help.
/// </para>
/// <para>
/// The caller claims from the front and the workers from the back. So with two threads each has its own end of every
/// batch, layer after layer: what a thread has just written is in its own second-level cache when the next job reads it.
/// </para>
/// <para>
/// Why no thread ever sees half a job: the fields are read only by a thread that has claimed a round. Its round is
/// unfinished, so the caller is still waiting, so nobody overwrites the fields. The swap that won the claim is a full
/// barrier and the ticket was published after the fields, so they are the fields of the job that the round belongs to.
/// A thread whose knowledge of the ticket is stale, however old, loses the swap and reads nothing.
/// </para>
/// <para>
/// A worker without work spins for a fraction of a millisecond, since in training the next job is already on its way,
/// and then sleeps. It raises its flag first and looks at the ticket again afterwards; the caller writes the ticket
/// first and looks at the flags afterwards. With a full barrier between the two on both sides one of them sees the other.
/// </para>
/// <para>
/// A job that starts another job, and a second thread that calls while a job is running, run theirs on the spot,
/// alone: the pool is for one job at a time, and rounds may run in any order anyway.
/// </para>
/// </remarks>
public static unsafe partial class WorkerPool
{
    // The ticket: the first unclaimed round in the lowest bits, the end of the unclaimed rounds in the next, then the count of jobs.
    private const int RoundBits = 24;
    private const int MostRounds = (1 << RoundBits) - 1;

    private static readonly List<Worker> Workers = [];

    private static Shared shared;
    private static ExceptionDispatchInfo? failure;
    private static int threads = Environment.ProcessorCount;

    /// <summary>
    /// How many threads compute, the caller among them: the number of processors unless set. 1 computes on the caller
    /// alone. The results are the same bits for any number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static int Threads
    {
        get => Volatile.Read(ref threads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref threads, value);
        }
    }

    /// <summary>Runs rounds 0 … <paramref name="count"/> − 1 of a job and returns when all are done.</summary>
    /// <remarks>When a round throws, its exception is thrown here, after the rounds under way have ended.</remarks>
    public static void Run<TJob>(in TJob job, int count)
        where TJob : unmanaged, IParallelJob
    {
        int helpers = Math.Min(Threads, count) - 1;
        if (helpers < 1 || count > MostRounds || Interlocked.CompareExchange(ref shared.Busy, 1, 0) != 0)
        {
            for (int i = 0; i < count; i++)
            {
                job.Execute(i);
            }

            return;
        }

        fixed (TJob* address = &job)
        {
            Publish(&Execute<TJob>, address, count);
            WakeWorkers(helpers);
            while (TryClaimAndRun(fromFront: true))
            {
            }

            WaitForClaimedRounds();
        }

        ExceptionDispatchInfo? thrown = failure;
        failure = null;
        shared.Data = null;
        Volatile.Write(ref shared.Busy, 0);
        thrown?.Throw();
    }

    private static void Execute<TJob>(void* job, int index)
        where TJob : unmanaged, IParallelJob => ((TJob*)job)->Execute(index);

    private static void Publish(delegate*<void*, int, void> newBody, void* newData, int count)
    {
        shared.Body = newBody;
        shared.Data = newData;
        shared.Unfinished = count;
        long jobs = (shared.Ticket >> (2 * RoundBits)) + 1;
        Interlocked.Exchange(ref shared.Ticket, (jobs << (2 * RoundBits)) | ((long)count << RoundBits));
    }

    private static int First(long ticket) => (int)(ticket & MostRounds);

    private static int End(long ticket) => (int)((ticket >> RoundBits) & MostRounds);

    private static bool TryClaimAndRun(bool fromFront)
    {
        long ticket = Volatile.Read(ref shared.Ticket);
        while (First(ticket) < End(ticket))
        {
            long claimed = fromFront ? ticket + 1 : ticket - (1L << RoundBits);
            long seen = Interlocked.CompareExchange(ref shared.Ticket, claimed, ticket);
            if (seen == ticket)
            {
                RunRound(fromFront ? First(ticket) : End(claimed));
                return true;
            }

            ticket = seen;
        }

        return false;
    }

    private static void RunRound(int index)
    {
        try
        {
            shared.Body(shared.Data, index);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
        }
        finally
        {
            // Last, and a full barrier: what the round wrote is visible before it counts as finished.
            Interlocked.Decrement(ref shared.Unfinished);
        }
    }

    // The claimed rounds are under way, so they end soon, unless their thread has lost its processor: then it gets ours.
    private static void WaitForClaimedRounds()
    {
        for (int spins = 0; Volatile.Read(ref shared.Unfinished) != 0; spins++)
        {
            if (spins < 200)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    private static void WakeWorkers(int helpers)
    {
        while (Workers.Count < helpers)
        {
            Workers.Add(new Worker(Workers.Count));
        }

        for (int i = 0; i < helpers; i++)
        {
            Workers[i].Wake();
        }
    }

    // What several threads write, each on cache lines of its own (two, for processors that fetch lines in pairs).
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Shared
    {
        // Beside the ticket, so that whoever claims a round has the job already.
        [FieldOffset(128)]
        public long Ticket;

        [FieldOffset(136)]
        public delegate*<void*, int, void> Body;

        [FieldOffset(144)]
        public void* Data;

        [FieldOffset(256)]
        public int Unfinished;

        [FieldOffset(384)]
        public int Busy;
    }
}
