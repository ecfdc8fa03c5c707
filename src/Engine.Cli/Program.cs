using System.Runtime.InteropServices;
using System.Text;
using Engine.Cli;

// Braille and block characters, also where the console's own encoding is another.
if (OperatingSystem.IsWindows())
{
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}

// While a network is trained the first Ctrl-C asks to stop, so that a checkpoint is written; the second stops at once.
using CancellationTokenSource stop = new();
Terminal terminal = Terminal.OfProcess(stop.Token);
void Stop(PosixSignalContext context)
{
    context.Cancel = terminal.StopsGently && !stop.IsCancellationRequested;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return EngineCommand.Run(args, terminal);
