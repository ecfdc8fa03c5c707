namespace Engine.Training;

/// <summary>The parts of a step, in the order in which they come.</summary>
public enum ProfiledWork
{
    /// <summary>Waiting for the next batch.</summary>
    Data,

    /// <summary>Bringing the batch to the device.</summary>
    Transfer,

    /// <summary>Setting the gradients to zero.</summary>
    ZeroGradients,

    /// <summary>The network forward: its layers one by one, and what lies between them.</summary>
    Forward,

    /// <summary>The loss.</summary>
    Loss,

    /// <summary>The loss's derivative.</summary>
    LossBackward,

    /// <summary>The network backward: its layers one by one, and what lies between them.</summary>
    Backward,

    /// <summary>The look whether all gradients are finite, and the parameters' move.</summary>
    Optimizer,

    /// <summary>Bringing loss and scores back, and counting what is right.</summary>
    Results,
}
