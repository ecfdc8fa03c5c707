using Engine.Metrics;

namespace Engine.Tests.Metrics;

/// <summary>Confusion matrices counted by hand.</summary>
public sealed class ConfusionMatrixTests
{
    [Test]
    public void Four_scores_of_three_classes_are_counted_where_they_belong()
    {
        // Rows choose 2, 0, 1 and, of two equals, the first: 0. Labels 2, 1, 1, 0.
        Tensor scores = Tensor.From([-1f, 0, 3, 5, 4, -9, 0, 1, 0, 2, 2, 1], [4, 3]);
        ConfusionMatrix matrix = new(3);
        matrix.Add(scores, Tensor.From(2, 1, 1, 0));

        long[,] expected = { { 1, 0, 0 }, { 1, 1, 0 }, { 0, 0, 1 } };
        AssertCounts(matrix, expected);
        Assert.That(matrix.Total, Is.EqualTo(4));
        Assert.That(matrix.Accuracy, Is.EqualTo(0.75));
        Assert.That(Accuracy.Of(scores, Tensor.From(2, 1, 1, 0)), Is.EqualTo(0.75));
        Assert.That(Accuracy.CountRight(scores, Tensor.From(2, 1, 1, 0)), Is.EqualTo(3));
    }

    [Test]
    public void One_hot_labels_count_like_integers()
    {
        Tensor scores = Tensor.From([1.0, 2, 4, 3, 0, 9], [3, 2]);
        ConfusionMatrix integers = new(2), oneHot = new(2);
        integers.Add(scores, Tensor.From(1, 1, 0));
        oneHot.Add(scores, Tensor.From([0.0, 1, 0, 1, 1, 0], [3, 2]));
        AssertCounts(integers, new long[,] { { 0, 1 }, { 1, 1 } });
        AssertCounts(oneHot, new long[,] { { 0, 1 }, { 1, 1 } });
    }

    [Test]
    public void A_single_score_means_class_1_above_the_threshold_only()
    {
        Tensor scores = Tensor.From([-0.1f, 0, 0.1f, 0.5f, 0.7f], [5, 1]);
        Tensor labels = Tensor.From([0f, 1, 1, 0, 1], [5, 1]);
        ConfusionMatrix logits = new(2), probabilities = new(2);
        logits.Add(scores, labels);
        probabilities.Add(scores, labels, threshold: 0.5);
        AssertCounts(logits, new long[,] { { 1, 1 }, { 1, 2 } });
        AssertCounts(probabilities, new long[,] { { 2, 0 }, { 2, 1 } });
    }

    [Test]
    public void Batches_add_up()
    {
        ConfusionMatrix matrix = new(2);
        matrix.Add(Tensor.From([1f, 0], [1, 2]), Tensor.From(0));
        matrix.Add(Tensor.From([1f, 0, 1, 0], [2, 2]), Tensor.From(1, 1));
        AssertCounts(matrix, new long[,] { { 1, 0 }, { 2, 0 } });
        Assert.That(matrix.Accuracy, Is.EqualTo(1 / 3.0));
    }

    [Test]
    public void Nothing_counted_has_no_accuracy() => Assert.That(new ConfusionMatrix(2).Accuracy, Is.NaN);

    [Test]
    public void What_does_not_fit_is_refused_and_leaves_the_matrix_alone()
    {
        ConfusionMatrix matrix = new(3);
        Tensor scores = Tensor.Zeros([2, 3]);
        Assert.That(() => matrix.Add(scores, Tensor.From(0, 1, 2)), Throws.TypeOf<ShapeException>());
        Assert.That(() => matrix.Add(Tensor.Zeros([2, 4]), Tensor.From(0, 1)), Throws.TypeOf<ShapeException>());
        Assert.That(() => matrix.Add(scores, Tensor.Zeros([2, 2])), Throws.TypeOf<ShapeException>());
        Assert.That(
            () => matrix.Add(scores, Tensor.From(0, 3)),
            Throws.TypeOf<ShapeException>().With.Message.EqualTo("Scores [2, 3] choose between classes 0 to 2, a label is 3."));
        Assert.That(() => matrix.Add(scores, Tensor.From(0, -1)), Throws.TypeOf<ShapeException>());
        Assert.That(matrix.Total, Is.Zero);
    }

    private static void AssertCounts(ConfusionMatrix matrix, long[,] expected)
    {
        for (int actual = 0; actual < matrix.Classes; actual++)
        {
            for (int predicted = 0; predicted < matrix.Classes; predicted++)
            {
                Assert.That(matrix[actual, predicted], Is.EqualTo(expected[actual, predicted]), $"{actual} taken for {predicted}");
            }
        }
    }
}
