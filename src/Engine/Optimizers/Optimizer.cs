using Engine.Layers;
using Engine.Tensors;

namespace Engine.Optimizers;

/// <summary>A rule that moves parameters along their gradients.</summary>
/// <remarks>
/// One step of training: <c>network.ZeroGradients()</c>, forward, backward, <c>optimizer.Step()</c>. Frozen parameters
/// and statistics are passed by.
/// </remarks>
public abstract class Optimizer
{
    private readonly double firstLearningRate;

    /// <summary>A rule over a network's parameters.</summary>
    /// <param name="network">Whose parameters to move.</param>
    /// <param name="learningRate">η &gt; 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not a positive number.</exception>
    protected Optimizer(Layer network, double learningRate)
    {
        if (!(learningRate > 0 && double.IsFinite(learningRate)))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "A learning rate is a positive number.");
        }

        LearningRate = firstLearningRate = learningRate;
        Parameters = network.NamedParameters();
    }

    /// <summary>η. May change between steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>How many steps were taken.</summary>
    public long StepCount { get; set; }

    /// <summary>The rule and its constants as they were given: "Sgd, learning rate 0.1, momentum 0.9". Rules of equal settings move alike.</summary>
    public virtual string Settings => $"{GetType().Name}, learning rate {firstLearningRate}";

    /// <summary>The parameters, with their paths.</summary>
    protected IReadOnlyList<(string Path, Parameter Parameter)> Parameters { get; }

    /// <summary>Moves every parameter that learns, by the gradient it has accumulated.</summary>
    /// <param name="guard">
    /// One whole number, Int32 [], on the parameters' device: where it holds anything but 0 when the device comes to it,
    /// no parameter moves. Null to move in any case.
    /// </param>
    public void Step(Tensor? guard = null)
    {
        StepCount++;
        Update(guard);
    }

    /// <summary>What the rule remembers between steps, with names such as "momentum/conv1.weight"; to be saved with the network, and written to when it is loaded.</summary>
    public abstract IEnumerable<(string Name, Tensor Value)> State { get; }

    /// <summary>Moves one parameter. A rule overrides this, which is simple, or <see cref="Update(Tensor?)"/>, which is fast on a GPU.</summary>
    /// <param name="index">Its place in <see cref="Parameters"/>.</param>
    /// <param name="parameter">The parameter.</param>
    protected virtual void Update(int index, Parameter parameter) =>
        throw new NotSupportedException($"{GetType().Name} overrides neither Update(int, Parameter) nor Update(Tensor?); a rule says in one of them how parameters move.");

    /// <summary>Moves every parameter that learns: one after the other, unless a rule moves them all in one operation.</summary>
    /// <param name="guard">See <see cref="Step"/>. One after the other, it is waited for and looked at.</param>
    protected virtual void Update(Tensor? guard)
    {
        if (guard is not null && guard.Item() != 0)
        {
            return;
        }

        for (int i = 0; i < Parameters.Count; i++)
        {
            if (Parameters[i].Parameter.Learns)
            {
                Update(i, Parameters[i].Parameter);
            }
        }
    }

    /// <summary>A memory of zeros for every parameter that has a gradient; null for statistics.</summary>
    private protected Tensor?[] Memory()
    {
        Tensor?[] memory = new Tensor?[Parameters.Count];
        for (int i = 0; i < memory.Length; i++)
        {
            Tensor value = Parameters[i].Parameter.Value;
            memory[i] = Parameters[i].Parameter.IsStatistic ? null : Tensor.Zeros(value.Shape, value.DType, value.Device);
        }

        return memory;
    }

    /// <summary>The entries of a memory under a name.</summary>
    private protected IEnumerable<(string Name, Tensor Value)> Named(string name, Tensor?[] memory)
    {
        for (int i = 0; i < memory.Length; i++)
        {
            if (memory[i] is { } value)
            {
                yield return ($"{name}/{Parameters[i].Path}", value);
            }
        }
    }
}
