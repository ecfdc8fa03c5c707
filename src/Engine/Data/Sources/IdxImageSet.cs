using Engine.Tensors;

namespace Engine.Data;

/// <summary>Data sets made of IDX files: images in one, their labels in another.</summary>
public static class IdxImageSet
{
    /// <summary>The names of the ten digits.</summary>
    public static IReadOnlyList<string> DigitNames { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>Reads a pair of files.</summary>
    /// <param name="name">What to call the set.</param>
    /// <param name="imagesPath">Bytes [N, H, W], or [N, C, H, W].</param>
    /// <param name="labelsPath">Bytes [N].</param>
    /// <param name="classNames">What the labels mean; null to take "0" up to the greatest label.</param>
    /// <exception cref="InvalidFileException">A file is damaged, the counts differ, or a label has no class.</exception>
    public static Dataset Read(string name, string imagesPath, string labelsPath, IReadOnlyList<string>? classNames = null)
    {
        IdxArray images = IdxFile.Read(imagesPath);
        IdxArray labels = IdxFile.Read(labelsPath);
        if (images.Type != IdxType.UInt8 || images.Shape.Rank is not (3 or 4))
        {
            throw new InvalidFileException(imagesPath, 2, $"images are bytes [N, H, W] or [N, C, H, W], these are {images.Type} {images.Shape}");
        }

        if (labels.Type != IdxType.UInt8 || labels.Shape.Rank != 1)
        {
            throw new InvalidFileException(labelsPath, 2, $"labels are bytes [N], these are {labels.Type} {labels.Shape}");
        }

        if (images.Shape[0] != labels.Shape[0])
        {
            throw new InvalidFileException(labelsPath, 4, $"there are {labels.Shape[0]} labels for the {images.Shape[0]} images of {imagesPath}");
        }

        byte greatest = labels.Data.Max();
        classNames ??= [.. Enumerable.Range(0, greatest + 1).Select(label => label.ToString())];
        int bad = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classNames.Count - 1));
        if (bad >= 0)
        {
            throw new InvalidFileException(labelsPath, 8 + bad, $"label {labels.Data[bad]}, there are {classNames.Count} classes (labels 0 to {classNames.Count - 1})");
        }

        Shape image = images.Shape.Without(0);
        return Dataset.OfImages(name, images.Data, image.Rank == 2 ? image.Prepend(1) : image, ToInts(labels.Data), classNames);
    }

    /// <summary>Reads the four files of a set: training images and labels, test images and labels.</summary>
    internal static DataSplits Read(string name, DataLocation location, DataOptions options)
    {
        Dataset train = Read($"{name} train", location.Paths[0], location.Paths[1]);
        Dataset test = Read($"{name} test", location.Paths[2], location.Paths[3], train.ClassNames);
        if (test.InputShape != train.InputShape)
        {
            throw new InvalidFileException(location.Paths[2], 4, $"the test images are {test.InputShape}, the training images {train.InputShape}");
        }

        return new DataSplits(
            options.TrainCount is int first ? train.Take(first) : train,
            options.TestCount is int second ? test.Take(second) : test,
            $"{name} from {location.Description}");
    }

    private static int[] ToInts(byte[] bytes) => Array.ConvertAll(bytes, b => (int)b);
}
