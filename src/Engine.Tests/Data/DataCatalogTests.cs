using Engine.Data;

namespace Engine.Tests.Data;

public sealed class DataCatalogTests
{
    [Test]
    public void Every_entry_but_MNIST_loads_without_files_and_is_what_it_says()
    {
        DataOptions few = new() { TrainCount = 20, TestCount = 10 };
        foreach (DataCatalogEntry entry in DataCatalog.Entries.Where(entry => entry.Name != "mnist"))
        {
            DataSplits splits = entry.Load(few);
            foreach (Dataset set in (Dataset[])[splits.Train, splits.Test])
            {
                Assert.That(set.InputShape, Is.EqualTo(entry.InputShape), entry.Name);
                Assert.That(set.ClassNames, Is.EqualTo(entry.ClassNames), entry.Name);
                Assert.That(set.CountPerClass(), Is.All.GreaterThan(0), entry.Name);
            }

            Assert.That(splits.Source, Is.Not.Empty);
        }
    }

    [TestCase("and", 0, 0, 0, 1)]
    [TestCase("or", 0, 1, 1, 1)]
    [TestCase("xor", 0, 1, 1, 0)]
    public void The_gates_are_their_truth_tables(string name, int at00, int at01, int at10, int at11)
    {
        (Tensor inputs, Tensor labels) = DataCatalog.Load(name).Train.ToTensors();
        Assert.That(inputs.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }));
        Assert.That(labels.AsSpan<int>().ToArray(), Is.EqualTo(new[] { at00, at01, at10, at11 }));
    }

    [Test]
    public void The_line_is_that_of_the_lecture()
    {
        (Tensor x, Tensor y) = DataCatalog.Load("line").Train.ToTensors(DType.Float64);
        Assert.That(x.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 1, 2 }));
        Assert.That(y.AsSpan<double>().ToArray(), Is.EqualTo(new double[] { 3, 5 }));
    }

    [Test]
    public void The_athletes_are_centred_and_told_apart_by_the_sum_of_their_features()
    {
        // Runners have height + weight below the centre, rowers above it: a single neuron can do it.
        (Tensor x, Tensor y) = DataCatalog.Load("athletes").Train.ToTensors(DType.Float64);
        for (int i = 0; i < x.Shape[0]; i++)
        {
            Assert.That(x.GetFlat(2 * i) + x.GetFlat((2 * i) + 1) > 0, Is.EqualTo(y.GetFlat(i) == 1), $"person {i}");
        }

        Assert.That(Math.Abs(x.AsSpan<double>().ToArray().Average()), Is.LessThan(0.2));
    }

    [Test]
    public void The_clouds_have_their_centres_and_do_not_share_points()
    {
        DataSplits splits = DataCatalog.Load("blobs", new() { Seed = 4, TrainCount = 4000, TestCount = 1000 });
        (Tensor x, Tensor y) = splits.Train.ToTensors(DType.Float64);
        int[] upper = [.. Enumerable.Range(0, 4000).Where(i => y.GetFlat(i) == 1)];

        // The mean of 2000 unit normals lies within 5 / √2000 = 0.11 of the centre.
        Assert.That(upper, Has.Length.EqualTo(2000));
        Assert.That(upper.Average(i => x.GetFlat(2 * i)), Is.EqualTo(1.5).Within(0.11));
        Assert.That(upper.Average(i => x.GetFlat((2 * i) + 1)), Is.EqualTo(1).Within(0.11));
        float[] test = splits.Test.ToTensors().Inputs.AsSpan<float>().ToArray();
        Assert.That(splits.Train.ToTensors().Inputs.AsSpan<float>().ToArray().Intersect(test).Count(), Is.LessThan(5));
    }

    [Test]
    public void A_folder_with_files_of_the_same_names_loads_whatever_its_images_are()
    {
        using TemporaryFolder folder = new();
        DataLocatorTests.WriteSet(folder.Path, ".gz");
        DataSplits splits = DataCatalog.Load("mnist", new() { Directory = folder.Path, TrainCount = 5 });
        Assert.That(splits.Train.InputShape, Is.EqualTo(new Shape(1, 5, 5)));
        Assert.That((splits.Train.Count, splits.Test.Count), Is.EqualTo((5, 4)));
        Assert.That(splits.Train.ClassNames, Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(splits.Source, Is.EqualTo($"mnist from the folder {folder.Path}"));
    }

    [Test]
    public void A_damaged_file_is_an_error_and_no_reason_to_take_other_data()
    {
        using TemporaryFolder folder = new();
        DataLocatorTests.WriteSet(folder.Path, "");
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 6, 1]);
        Assert.That(() => DataCatalog.LoadDigitsAsync(new() { Directory = folder.Path }), Throws.TypeOf<InvalidFileException>());
    }

    [Test]
    public void A_named_folder_without_the_files_is_no_reason_to_take_other_data()
    {
        using TemporaryFolder folder = new();
        Assert.That(() => DataCatalog.LoadDigitsAsync(new() { Directory = folder.Path }), Throws.TypeOf<DataNotFoundException>());
    }

    [Test]
    public void An_unknown_name_is_answered_with_the_known_ones() => Assert.That(
        () => DataCatalog.Find("minst"), Throws.ArgumentException.With.Message.EqualTo(
            "There is no data set 'minst'. There are: mnist, digits, and, or, xor, line, blobs, athletes."));
}
