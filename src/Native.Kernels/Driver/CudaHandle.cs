using System.Runtime.InteropServices;

namespace Native.Kernels.Driver;

/// <summary>A driver resource that is given back exactly once, by Dispose or, where that was forgotten, by the finalizer.</summary>
/// <remarks>It keeps its context alive, so that a context is never released before what was made in it.</remarks>
public abstract class CudaHandle : SafeHandle
{
    private readonly string kind;

    private protected CudaHandle(CudaContext context, string kind, nint value, string label, long bytes = 0)
        : base(0, ownsHandle: true)
    {
        Context = context;
        this.kind = kind;
        SetHandle(value);
        context.Ledger.Take(kind, value, label, bytes);
    }

    /// <summary>The context that it was made in.</summary>
    public CudaContext Context { get; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's number for it.</summary>
    /// <exception cref="ObjectDisposedException">It was given back.</exception>
    public nint Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    private protected ICudaDriver Driver => Context.Driver;

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        Context.Ledger.GiveBack(kind, handle);

        // A context that is lost or gone has taken its resources with it.
        return !Context.TryMakeCurrent() || Release(handle) is CudaResult.Success or CudaResult.Deinitialized
            or CudaResult.InvalidContext || Context.IsLost;
    }

    /// <summary>Gives it back to the driver.</summary>
    private protected abstract CudaResult Release(nint value);
}
