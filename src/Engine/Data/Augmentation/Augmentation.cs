namespace Engine.Data;

/// <summary>A random change of training samples that leaves their meaning alone, so that a network does not learn them by heart.</summary>
/// <remarks>A function of its seed and the batch's epoch and step: a resumed run sees what an uninterrupted one would have seen.</remarks>
public abstract class Augmentation
{
    /// <summary>Changes a batch where it lies: what a loader's or trainer's <c>Transform</c> calls.</summary>
    public abstract void Apply(Batch batch);

    /// <summary>What it does, in a few words.</summary>
    public abstract override string ToString();
}
