using Engine.Tensors;

namespace Engine.Backends;

public abstract partial class Backend
{
    /// <summary>True where an operation returns before it is done: the program may prepare the next step meanwhile.</summary>
    public virtual bool IsAsynchronous => false;

    /// <summary>Waits until the device has done all that it was given: for clocks. Results are waited for without it.</summary>
    public virtual void Synchronize()
    {
    }

    /// <summary>A way for numbers of one shape and type from main memory to the device, step after step.</summary>
    public abstract Feed CreateFeed(Shape shape, DType dtype);

    /// <summary>A way for numbers of one shape and type from the device to main memory, step after step.</summary>
    public abstract Readback CreateReadback(Shape shape, DType dtype);

    /// <summary>
    /// Runs the work of a training step. A device that can, writes down what a step queues and launches it as a whole in
    /// the steps to come; the results are the same bit for bit.
    /// </summary>
    /// <param name="key">Steps of one key queue the same operations on the same memory; only numbers may change.</param>
    /// <param name="work">The step. It runs in every case, so that what it does in main memory is done.</param>
    public virtual void RunStep(object key, Action work) => work();
}
