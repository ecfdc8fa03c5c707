namespace Engine.Data;

/// <summary>A data set that could be had from nowhere; the message says where it was looked for.</summary>
public sealed class DataNotFoundException : IOException
{
    /// <summary>Says what was looked for where.</summary>
    public DataNotFoundException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
