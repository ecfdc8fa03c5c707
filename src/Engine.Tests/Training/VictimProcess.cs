using System.Diagnostics;
using Engine.Networks;
using Engine.Training;

namespace Engine.Tests.Training;

/// <summary>A process that trains with a checkpoint after every step, says so, and waits to be killed.</summary>
internal static class VictimProcess
{
    public const int Epochs = 60;
    private const string Command = "train-until-killed";

    /// <summary>How to start it.</summary>
    public static ProcessStartInfo Start(string checkpoint) => OwnProcess.Tests(Command, checkpoint);

    /// <summary>Whether the program was started to train.</summary>
    public static bool Handles(string[] args) => args is [Command, _];

    /// <summary>Goes on from the checkpoint if there is one; after each step prints the number of steps taken, at the end the weights.</summary>
    /// <param name="args">The command, and the checkpoint's path.</param>
    public static int Run(string[] args)
    {
        string path = args[1];
        Callback progress = new() { StepEnd = (run, _) => Console.WriteLine(run.StepsTaken) };
        Network network = SmallTask.Network();
        SmallTask.Trainer(network, Epochs, null, new Checkpoints(path, everySteps: 1), progress)
            .Train(SmallTask.Images(), null, File.Exists(path) ? path : null);
        Console.WriteLine(SmallTask.Bits(network));
        return 0;
    }
}
