using System.Diagnostics;

namespace Engine.Backends.Cpu;

public static unsafe partial class WorkerPool
{
    /// <summary>One thread of the pool: claims rounds, spins for a while when there are none, then sleeps.</summary>
    private sealed class Worker
    {
        // Long enough to bridge the serial stretches of a training step, short enough not to heat an idle machine.
        private static readonly long SpinTicks = Stopwatch.Frequency / 2000;

        // About 10 µs. The thread that would hand out the next job may be waiting for the very processor that spins here: without
        // a yield it waits until the operating system takes the processor away, some milliseconds.
        private const int SpinsPerYield = 64;

        private readonly int index;
        private readonly object bed = new();
        private int asleep;

        public Worker(int index)
        {
            this.index = index;
            new Thread(Work) { IsBackground = true, Name = $"Engine worker {index + 1}" }.Start();
        }

        // With fewer threads than workers the surplus leaves the rounds alone.
        private bool Invited => index < Threads - 1;

        public void Wake()
        {
            if (Volatile.Read(ref asleep) != 0)
            {
                lock (bed)
                {
                    asleep = 0;
                    Monitor.Pulse(bed);
                }
            }
        }

        private void Work()
        {
            while (true)
            {
                long idleSince = Stopwatch.GetTimestamp();
                for (int spins = 1; Stopwatch.GetTimestamp() - idleSince < SpinTicks; spins++)
                {
                    while (Invited && TryClaimAndRun(fromFront: false))
                    {
                        idleSince = Stopwatch.GetTimestamp();
                        spins = 1;
                    }

                    if (spins % SpinsPerYield == 0)
                    {
                        Thread.Yield();
                    }
                    else
                    {
                        Thread.SpinWait(4);
                    }
                }

                Sleep();
            }
        }

        private void Sleep()
        {
            lock (bed)
            {
                Interlocked.Exchange(ref asleep, 1);
                long ticket = Volatile.Read(ref shared.Ticket);
                if (Invited && First(ticket) < End(ticket))
                {
                    asleep = 0;
                }

                while (asleep != 0)
                {
                    Monitor.Wait(bed);
                }
            }
        }
    }
}
