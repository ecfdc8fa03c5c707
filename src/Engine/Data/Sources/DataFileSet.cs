namespace Engine.Data;

/// <summary>The files that make up a public data set, and where they can be had.</summary>
/// <param name="Name">The name of the set, also that of its folder.</param>
/// <param name="Files">Its files.</param>
/// <param name="Mirrors">Addresses of folders that hold them, ending in "/"; the first that works is taken.</param>
public sealed record DataFileSet(string Name, IReadOnlyList<DataFile> Files, IReadOnlyList<Uri> Mirrors)
{
    /// <summary>MNIST: 60,000 and 10,000 handwritten digits of 28×28 pixels (LeCun, Cortes, Burges, 1998).</summary>
    /// <remarks>The original files, byte for byte, from two public mirrors.</remarks>
    public static DataFileSet Mnist { get; } = new(
        "mnist",
        [
            new("train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            new("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            new("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            new("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ],
        [
            new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
        ]);
}
