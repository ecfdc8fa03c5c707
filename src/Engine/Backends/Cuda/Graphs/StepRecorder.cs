using System.Runtime.CompilerServices;
using Native.Kernels.Driver;

namespace Engine.Backends.Cuda;

/// <summary>Stands between the operations and the stream: passes work on, or writes it down, or compares it with what was written down.</summary>
/// <remarks>
/// The first step of a kind is run as it comes, so that kernels are loaded and memory is taken. The second is captured
/// into a graph. From the third on the layers' code still runs, but its launches are only compared with the captured
/// ones: what differs in arguments is changed in the graph, which then is launched as a whole, one call instead of
/// fifty. So nothing of a step is frozen: a learning rate or a dropout mask changes as it does without a graph, and the
/// numbers are the same bit for bit. A step that takes a surprising turn, or asks for a number in main memory, goes on
/// without a graph from there. (NVIDIA, "CUDA C++ Programming Guide", CUDA graphs.)
/// </remarks>
internal sealed class StepRecorder(CudaDevice device)
{
    // After so many surprises a step is not captured any more.
    private const int Patience = 3;

    private readonly ConditionalWeakTable<object, StepGraph> steps = [];
    private readonly List<QueuedLaunch> changed = [];
    private State state;
    private StepGraph? step;
    private int position;

    private enum State
    {
        PassingOn,
        Capturing,
        Comparing,
    }

    /// <summary>How many steps were launched as a graph.</summary>
    public long GraphLaunches { get; private set; }

    /// <summary>Runs a step.</summary>
    /// <param name="key">Which kind of step.</param>
    /// <param name="work">Queues it.</param>
    public void Run(object key, Action work)
    {
        if (!steps.TryGetValue(key, out step))
        {
            steps.Add(key, step = new StepGraph());
        }

        step.Runs++;
        state = step.Runs == 1 || step.Surprises > Patience ? State.PassingOn : step.Graph is null ? State.Capturing : State.Comparing;
        position = 0;
        if (state == State.Capturing)
        {
            device.Stream.BeginCapture();
        }

        try
        {
            work();
            Conclude(step);
        }
        catch
        {
            Abandon(step);
            throw;
        }
        finally
        {
            state = State.PassingOn;
            changed.Clear();
        }
    }

    /// <summary>Launches a kernel, now or as part of the graph.</summary>
    public void Launch(CudaKernel kernel, in Dim3 grid, in Dim3 block, int sharedBytes, ReadOnlySpan<KernelArgument> arguments)
    {
        if (state == State.Comparing)
        {
            if (position < step!.Work.Count && step.Work[position] is QueuedLaunch launch && launch.IsOf(kernel, grid, block, sharedBytes, arguments))
            {
                position++;
                if (launch.Replace(arguments))
                {
                    changed.Add(launch);
                }

                return;
            }

            PassOn();
        }

        kernel.Launch(device.Stream, grid, block, sharedBytes, arguments);
        if (state == State.Capturing)
        {
            step!.Work.Add(new QueuedLaunch(kernel, grid, block, sharedBytes, new PackedArguments(arguments), device.Stream.CaptureNode()));
        }
    }

    /// <summary>Makes a call, now or as part of the graph.</summary>
    public void Call<TCall>(in TCall call)
        where TCall : struct, IDeviceCall, IEquatable<TCall>
    {
        if (state == State.Comparing)
        {
            if (position < step!.Work.Count && step.Work[position] is QueuedCall<TCall> queued && queued.Is(call))
            {
                position++;
                return;
            }

            PassOn();
        }

        call.Queue(device);
        if (state == State.Capturing)
        {
            step!.Work.Add(new QueuedCall<TCall>(call));
        }
    }

    /// <summary>Does what was only written down so far, and passes on from here: before main memory is read or written by a copy.</summary>
    public void PassOn()
    {
        switch (state)
        {
            case State.Capturing:
                step!.Graph = device.Stream.EndCapture();
                step.Graph.Launch(device.Stream);
                device.Stream.Synchronize();
                break;
            case State.Comparing:
                for (int i = 0; i < position; i++)
                {
                    step!.Work[i].Queue(device);
                }

                break;
            default:
                return;
        }

        state = State.PassingOn;
        step!.Surprises++;
        step.Clear();
    }

    private void Conclude(StepGraph current)
    {
        if (state == State.Comparing && position < current.Work.Count)
        {
            // The step ended early.
            PassOn();
        }

        if (state == State.PassingOn)
        {
            return;
        }

        if (state == State.Capturing)
        {
            current.Graph = device.Stream.EndCapture();
        }

        foreach (QueuedLaunch launch in changed)
        {
            launch.Update(current.Graph!);
        }

        current.Graph!.Launch(device.Stream);
        GraphLaunches++;
    }

    // What went wrong is on its way up; what was written down is void.
    private void Abandon(StepGraph current)
    {
        if (state == State.Capturing)
        {
            device.Stream.EndCapture().Dispose();
        }

        if (state != State.PassingOn)
        {
            current.Surprises++;
            current.Clear();
        }
    }
}
