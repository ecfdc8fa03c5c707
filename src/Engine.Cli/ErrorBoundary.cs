using Engine.Data;
using Engine.Formats;
using Engine.Tensors;
using Engine.Training;
using Native.Kernels.CuBlas;
using Native.Kernels.CuDnn;
using Native.Kernels.Driver;
using Native.Kernels.Emulation;
using Native.Kernels.Libraries;
using Native.Kernels.Nvrtc;

namespace Engine.Cli;

/// <summary>Turns what went wrong into one line on standard error and an exit code.</summary>
internal static class ErrorBoundary
{
    /// <summary>The environment variable that asks for stack traces.</summary>
    public const string DebugVariable = "ENGINE_DEBUG";

    /// <summary>Runs a command.</summary>
    /// <param name="terminal">Where the line goes.</param>
    /// <param name="debug">True to write the stack trace too.</param>
    /// <param name="command">The command; it returns its exit code.</param>
    public static int Run(Terminal terminal, bool debug, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (OperationCanceledException) when (terminal.Cancellation.IsCancellationRequested)
        {
            terminal.Error.WriteLine("engine: stopped.");
            return ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // This is the boundary: nothing may pass it.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            (int code, string line) = Describe(problem);
            terminal.Error.WriteLine($"engine: {OneLine(line)}");
            if (debug)
            {
                terminal.Error.WriteLine(problem);
            }

            return code;
        }
    }

    /// <summary>The exit code and the line for an exception.</summary>
    internal static (int Code, string Line) Describe(Exception problem) => problem switch
    {
        MistakeException or InvalidFileException or IncompatibleFileException or ShapeException => (ExitCode.Mistake, problem.Message),
        DataNotFoundException => (ExitCode.Mistake, $"{problem.Message.TrimEnd('.')}. Use --dataset digits for generated ones."),
        RunFailedException or DivergenceException => (ExitCode.Failure, problem.Message),
        NativeLibraryException or EmulatorMissingException or CompilerMissingException or KernelCompilationException => (ExitCode.Mistake, problem.Message),
        CudaException { Result: CudaResult.NoDevice or CudaResult.InvalidDevice } => (ExitCode.Mistake, problem.Message),
        CudaException or CuBlasException or CuDnnException or NvrtcException => (ExitCode.Failure, problem.Message),
        FileNotFoundException or DirectoryNotFoundException =>
            (ExitCode.Mistake, $"{problem.Message} Check the path."),
        UnauthorizedAccessException =>
            (ExitCode.Mistake, $"{problem.Message} Choose another place, or change its permissions."),
        IOException => (ExitCode.Mistake, $"{problem.Message.TrimEnd('.')}. Is there space left, and may you write there?"),
        OutOfMemoryException or InsufficientMemoryException =>
            (ExitCode.Failure, "There is not enough memory for this. Use a smaller --batch-size or fewer --samples."),
        _ => (ExitCode.Defect,
            $"This should not have happened: {problem.GetType().Name}: {problem.Message} "
            + "Run it again with --debug and report what it prints, with the command, as an issue of the project."),
    };

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
}
