using Engine.Checking;
using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Losses;

public sealed class CrossEntropyTests
{
    [FsCheck.NUnit.Property(MaxTest = 30, QuietOnSuccess = true)]
    public void Integer_labels_and_their_one_hot_rows_give_the_same_loss_and_gradient(ulong seed)
    {
        Philox random = new(seed);
        Tensor x = RandomTensors.Normal([5, 4], random), oneHot = Tensor.Zeros([5, 4], DType.Float64);
        int[] labels = [.. Enumerable.Range(0, 5).Select(_ => random.NextInt(4))];
        for (int n = 0; n < 5; n++)
        {
            oneHot.SetFlat((4 * n) + labels[n], 1);
        }

        (double sparseLoss, double[] sparseGradient) = Run(new SparseCategoricalCrossEntropy(), x, Tensor.From(labels));
        (double loss, double[] gradient) = Run(new CategoricalCrossEntropy(), x, oneHot);
        Assert.That(sparseLoss, Is.EqualTo(loss).Within(1e-14));
        Assert.That(sparseGradient, Is.EqualTo(gradient).Within(1e-15));
    }

    [FsCheck.NUnit.Property(MaxTest = 30, QuietOnSuccess = true)]
    public void One_logistic_unit_is_a_softmax_of_two_classes_one_of_which_is_fixed_at_0(ulong seed)
    {
        Philox random = new(seed);
        double logit = 3 * random.NextNormal();
        int label = random.NextInt(2);
        (double binary, double[] dx) = Run(new BinaryCrossEntropy(), Tensor.From([logit], [1, 1]), Tensor.From([(double)label], [1, 1]));
        (double two, double[] dxOfTwo) = Run(new SparseCategoricalCrossEntropy(), Tensor.From([0, logit], [1, 2]), Tensor.From(label));
        Assert.That(binary, Is.EqualTo(two).Within(1e-14));
        Assert.That(dx[0], Is.EqualTo(dxOfTwo[1]).Within(1e-14));
    }

    [Test]
    public void Equal_logits_cost_the_logarithm_of_the_number_of_classes([Values(2, 10, 1000)] int classes) => Assert.That(
        Run(new SparseCategoricalCrossEntropy(), Tensor.Zeros([3, classes], DType.Float64), Tensor.From(0, 1, 0)).Loss,
        Is.EqualTo(Math.Log(classes)).Within(1e-14));

    [Test]
    public void An_undecided_logistic_unit_costs_the_logarithm_of_2([Values(0.0, 1.0)] double target) => Assert.That(
        Run(new BinaryCrossEntropy(), Tensor.From([0.0], [1, 1]), Tensor.From([target], [1, 1])).Loss,
        Is.EqualTo(Math.Log(2)).Within(1e-15));

    [Test]
    public void A_confident_mistake_costs_its_logit_and_never_overflows([Values(50, 1e4, 1e6)] double logit)
    {
        (double binary, double[] dx) = Run(new BinaryCrossEntropy(), Tensor.From([logit, -logit], [1, 2]), Tensor.From([0.0, 1], [1, 2]));
        Assert.That(binary, Is.EqualTo(logit).Within(1e-10));
        Assert.That(dx, Is.EqualTo(new[] { 0.5, -0.5 }).Within(1e-15));

        (double categorical, double[] gradient) = Run(new SparseCategoricalCrossEntropy(), Tensor.From([logit, 0], [1, 2]), Tensor.From(1));
        Assert.That(categorical, Is.EqualTo(logit).Within(1e-10));
        Assert.That(gradient, Is.EqualTo(new double[] { 1, -1 }).Within(1e-15));
    }

    [Test]
    public void A_loss_is_a_mean_so_that_a_batch_twice_over_costs_the_same_and_pulls_half_as_much_on_each_sample()
    {
        Philox random = new(3);
        Tensor x = RandomTensors.Normal([3, 4], random);
        (double once, double[] dx) = Run(new SparseCategoricalCrossEntropy(), x, Tensor.From(1, 3, 0));
        (double twice, double[] dxTwice) = Run(new SparseCategoricalCrossEntropy(), Tensor.Concat(0, x, x), Tensor.From(1, 3, 0, 1, 3, 0));
        Assert.That(twice, Is.EqualTo(once).Within(1e-15));
        Assert.That(dxTwice, Is.EqualTo(dx.Concat(dx).Select(g => g / 2)).Within(1e-16));
    }

    [Test]
    public void Targets_that_do_not_fit_are_refused_with_both_shapes()
    {
        Tensor x = Tensor.Zeros([2, 3], DType.Float64);
        Assert.That(() => Run(new CategoricalCrossEntropy(), x, Tensor.From(1, 2)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]").And.Message.Contains("SparseCategoricalCrossEntropy"));
        Assert.That(() => Run(new SparseCategoricalCrossEntropy(), x, x),
            Throws.TypeOf<ShapeException>().With.Message.Contains("Int32 [N]").And.Message.Contains("CategoricalCrossEntropy"));
        Assert.That(() => Run(new BinaryCrossEntropy(), x, Tensor.Zeros([2, 1], DType.Float64)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 1]"));
        Assert.That(() => Run(new SparseCategoricalCrossEntropy(), x, Tensor.From(0, 3)), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static (double Loss, double[] Gradient) Run(Loss loss, Tensor prediction, Tensor target)
    {
        Pass pass = new(Mode.Training);
        double value = loss.Forward(prediction, target, pass).Item();
        return (value, loss.Backward(pass).AsSpan<double>().ToArray());
    }
}
