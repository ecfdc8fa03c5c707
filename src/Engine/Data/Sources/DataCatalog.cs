namespace Engine.Data;

/// <summary>The data sets that the engine knows by name.</summary>
public static class DataCatalog
{
    private const int GeneratedTrain = 30_000;
    private const int GeneratedTest = 5_000;
    private const int BlobsTrain = 200;
    private const int BlobsTest = 100;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DataCatalogEntry> Entries { get; } =
    [
        new("mnist", "handwritten digits, 28×28 grey: 60,000 to learn, 10,000 to test; read from IDX files or downloaded", [1, 28, 28], IdxImageSet.DigitNames, LoadMnistAsync),
        new("digits", "digits drawn by strokes, distorted and normalised like MNIST; generated, nothing to download", [1, 28, 28], IdxImageSet.DigitNames, (options, _) => Task.FromResult(Digits(options))),
        Tiny("and", "logical and: four points", () => TinySets.Gate("and", 0, 0, 0, 1)),
        Tiny("or", "logical or: four points", () => TinySets.Gate("or", 0, 1, 1, 1)),
        Tiny("xor", "exclusive or: four points no line separates", () => TinySets.Gate("xor", 0, 1, 1, 0)),
        Tiny("line", "the points (1, 3) and (2, 5) of y = 2x + 1", TinySets.Line),
        new("blobs", "two Gaussian clouds in the plane", [2], ["lower left", "upper right"], (options, _) => Task.FromResult(Blobs(options))),
        Tiny("athletes", "height and weight of twelve runners and rowers, centred and scaled", TinySets.Athletes),
    ];

    /// <summary>The set of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static DataCatalogEntry Find(string name) =>
        Entries.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no data set '{name}'. There are: {string.Join(", ", Entries.Select(entry => entry.Name))}.");

    /// <summary>Loads a set by name; see <see cref="DataCatalogEntry.LoadAsync"/>.</summary>
    public static DataSplits Load(string name, DataOptions? options = null) => Find(name).Load(options);

    /// <summary>
    /// MNIST where it can be had, otherwise generated digits; <see cref="DataSplits.Source"/> says which, and why. Where
    /// the user named a folder that does not hold it, that is an error and not a reason for other data.
    /// </summary>
    /// <exception cref="DataNotFoundException"><see cref="DataOptions.Directory"/> does not hold the files.</exception>
    /// <exception cref="InvalidFileException">A file that was found is damaged.</exception>
    public static async Task<DataSplits> LoadDigitsAsync(DataOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new DataOptions();
        try
        {
            return await Find("mnist").LoadAsync(options, cancellation).ConfigureAwait(false);
        }
        catch (DataNotFoundException problem) when (options.Directory is null)
        {
            DataSplits generated = Digits(options);
            return generated with { Source = $"{generated.Source}, in place of MNIST. {problem.Message}" };
        }
    }

    private static async Task<DataSplits> LoadMnistAsync(DataOptions options, CancellationToken cancellation)
    {
        DataLocation location = await new DataLocator(options).LocateAsync(DataFileSet.Mnist, cancellation).ConfigureAwait(false);
        return IdxImageSet.Read("mnist", location, options);
    }

    private static DataSplits Digits(DataOptions options)
    {
        int train = options.TrainCount ?? GeneratedTrain;
        int test = options.TestCount ?? GeneratedTest;
        DigitGenerator generator = new(options.Seed);
        return new DataSplits(
            generator.Generate("digits train", 0, train),
            generator.Generate("digits test", DigitGenerator.TestStart, test),
            $"generated digits, seed {options.Seed}");
    }

    private static DataSplits Blobs(DataOptions options)
    {
        int train = options.TrainCount ?? BlobsTrain;
        return new DataSplits(
            TinySets.Blobs("blobs train", options.Seed, 0, train),
            TinySets.Blobs("blobs test", options.Seed, train, options.TestCount ?? BlobsTest),
            $"generated clouds, seed {options.Seed}");
    }

    private static DataCatalogEntry Tiny(string name, string description, Func<Dataset> make)
    {
        Dataset set = make();
        return new DataCatalogEntry(
            name, description, set.InputShape, set.ClassNames, (_, _) => Task.FromResult(new DataSplits(set, set, "built in")));
    }
}
