using Engine.Data;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks;
using Engine.Optimizers;
using Engine.Schedules;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>A system of the lecture decks: its network, and how it is trained unless the user says otherwise.</summary>
public abstract class ModelDefinition
{
    /// <summary>The name on the command line: "lenet5".</summary>
    public abstract string Name { get; }

    /// <summary>One line: what it is, and from which deck.</summary>
    public abstract string Description { get; }

    /// <summary>The data set it is trained on: a name of <c>DataCatalog</c>.</summary>
    public abstract string DefaultDataset { get; }

    /// <summary>The shape of one sample it is made for.</summary>
    public abstract Shape DefaultInput { get; }

    /// <summary>The classes it tells apart; 1 for a single number.</summary>
    public virtual int DefaultClasses => 10;

    /// <summary>How often it sees the data.</summary>
    public abstract int DefaultEpochs { get; }

    /// <summary>Samples per step.</summary>
    public abstract int DefaultBatchSize { get; }

    /// <summary>η.</summary>
    public abstract double DefaultLearningRate { get; }

    /// <summary>The network, with random weights.</summary>
    /// <param name="input">The shape of one sample.</param>
    /// <param name="classes">The classes to tell apart; for one number, 1.</param>
    /// <param name="random">Where the weights come from: the same seed gives the same network.</param>
    /// <exception cref="ShapeException">The network cannot take such samples.</exception>
    public abstract Network Create(Shape input, int classes, Philox random);

    /// <summary>How its training samples are varied; null for not at all.</summary>
    /// <param name="seed">Reproduces the variations.</param>
    public virtual Augmentation? CreateAugmentation(ulong seed) => null;

    /// <summary>The loss it is trained with.</summary>
    public virtual Loss CreateLoss() => new SparseCategoricalCrossEntropy();

    /// <summary>How the learning rate changes while it learns; null for not at all.</summary>
    public virtual Schedule? CreateSchedule(double learningRate) => null;

    /// <summary>The rule it learns by.</summary>
    public virtual Optimizer CreateOptimizer(Layer network, double learningRate) => new Adam(network, learningRate);
}
