namespace Engine.Cli;

/// <summary>The user's mistake, in one line: what was given, what was expected, what to do.</summary>
internal sealed class MistakeException(string message, Exception? cause = null) : Exception(message, cause);
