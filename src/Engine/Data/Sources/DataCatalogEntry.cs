using Engine.Tensors;

namespace Engine.Data;

/// <summary>A data set that the engine knows by name.</summary>
public sealed class DataCatalogEntry
{
    private readonly Func<DataOptions, CancellationToken, Task<DataSplits>> load;

    internal DataCatalogEntry(
        string name,
        string description,
        Shape inputShape,
        IReadOnlyList<string> classNames,
        Func<DataOptions, CancellationToken, Task<DataSplits>> load)
    {
        (Name, Description, InputShape, ClassNames, this.load) = (name, description, inputShape, classNames, load);
    }

    /// <summary>What to call it on the command line.</summary>
    public string Name { get; }

    /// <summary>What it holds, one line.</summary>
    public string Description { get; }

    /// <summary>The shape of one input. A folder of the user's may hold images of another size.</summary>
    public Shape InputShape { get; }

    /// <summary>What the labels mean; empty where the targets are values.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Finds, downloads, reads or makes the set.</summary>
    /// <exception cref="DataNotFoundException">It could be had from nowhere.</exception>
    /// <exception cref="InvalidFileException">A file of it is damaged.</exception>
    public Task<DataSplits> LoadAsync(DataOptions? options = null, CancellationToken cancellation = default) =>
        load(options ?? new DataOptions(), cancellation);

    /// <summary><see cref="LoadAsync"/>, waiting for it.</summary>
    /// <exception cref="DataNotFoundException">It could be had from nowhere.</exception>
    /// <exception cref="InvalidFileException">A file of it is damaged.</exception>
    public DataSplits Load(DataOptions? options = null) => Task.Run(() => LoadAsync(options)).GetAwaiter().GetResult();
}
