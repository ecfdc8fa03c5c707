namespace Engine.Tensors;

/// <summary>Tensors whose shape, type or device do not fit what is done with them. The message says what was given and what was expected.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>An error without an explanation; give one.</summary>
    public ShapeException()
    {
    }

    /// <summary>An error that says what was given, what was expected and where.</summary>
    public ShapeException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="ShapeException(string)"/>
    public ShapeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
