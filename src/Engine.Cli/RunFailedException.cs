namespace Engine.Cli;

/// <summary>A run that was asked for properly and failed: one line with the reason and a way out.</summary>
internal sealed class RunFailedException(string message, Exception? cause = null) : Exception(message, cause);
