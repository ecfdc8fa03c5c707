namespace Engine.Tensors;

/// <summary>An open step; dispose it to give back the memory of every tensor made inside that has not gone back before.</summary>
public readonly struct StepScope : IDisposable, IEquatable<StepScope>
{
    private readonly StepArena arena;
    private readonly long scope;

    internal StepScope(StepArena arena, long scope) => (this.arena, this.scope) = (arena, scope);

    /// <summary>
    /// Suspends the step: tensors made until the result is disposed outlive it. For what must survive a step, such as
    /// a running statistic made at first use.
    /// </summary>
    public static OutsideScope Outside(Device device) => new(DeviceMemory.Of(device).Arena);

    /// <summary>Ends the step. Ending it twice does nothing.</summary>
    public void Dispose() => arena?.End(scope);

    /// <inheritdoc/>
    public bool Equals(StepScope other) => arena == other.arena && scope == other.scope;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StepScope other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(arena, scope);

    /// <summary>True for the same step.</summary>
    public static bool operator ==(StepScope left, StepScope right) => left.Equals(right);

    /// <summary>True for different steps.</summary>
    public static bool operator !=(StepScope left, StepScope right) => !left.Equals(right);
}

/// <summary>While this is open, new tensors come from the heap even inside a step.</summary>
public readonly ref struct OutsideScope
{
    private readonly StepArena arena;

    internal OutsideScope(StepArena arena)
    {
        this.arena = arena;
        arena.Leave();
    }

    /// <summary>Resumes the step.</summary>
    public void Dispose() => arena.Return();
}
