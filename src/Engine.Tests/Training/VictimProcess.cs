using Engine.Networks;
using Engine.Tests.Interop;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>
/// The test assembly as a program: it trains with a checkpoint after every step, says so, and waits to be killed. Or it runs
/// one of the tests of Interop/ that want a process of their own.
/// </summary>
internal static class VictimProcess
{
    public const int Epochs = 60;

    /// <summary>Goes on from the checkpoint if there is one; after each step prints the number of steps taken, at the end the weights.</summary>
    /// <param name="args">The checkpoint's path.</param>
    public static int Main(string[] args)
    {
        if (StandInProcess.Handles(args))
        {
            return StandInProcess.Run(args);
        }

        string path = args[0];
        Callback progress = new() { StepEnd = (run, _) => Console.WriteLine(run.StepsTaken) };
        Network network = SmallTask.Network();
        SmallTask.Trainer(network, Epochs, null, new Checkpoints(path, everySteps: 1), progress)
            .Train(SmallTask.Images(), null, File.Exists(path) ? path : null);
        Console.WriteLine(SmallTask.Bits(network));
        return 0;
    }
}
