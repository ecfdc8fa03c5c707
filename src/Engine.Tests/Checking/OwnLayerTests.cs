using Engine.Checking;
using Engine.Checking.Cases;
using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Checking;

/// <summary>What a student does with a layer of their own, and what the checker says when they forget something.</summary>
public sealed class OwnLayerTests
{
    [TestCase(1UL)]
    [TestCase(2UL)]
    [TestCase(3UL)]
    public void A_right_layer_of_ones_own_passes_in_one_line(ulong seed)
    {
        Philox random = new(seed);
        GradientReport report = GradientChecker.Check(new LayerCase(new SoftThreshold(0.5), [4, 30], random), seed);
        Assert.That(report.Passed, report.ToString());
        Assert.That(report.Tensors.Single().Checked, Is.GreaterThan(108));
    }

    [Test]
    public void A_kink_at_every_input_is_not_passed_over_in_silence()
    {
        Philox random = new(1);
        GradientReport report = GradientChecker.Check(new LayerCase(new SoftThreshold(0.5, alwaysElsewhere: true), [4, 30], random));
        Assert.That(report.Failures.Select(f => f.Check), Does.Contain("every element").And.Contain("directions").And.Contain("Taylor"));
        Assert.That(report.Failures[0].What, Does.Contain("120 of 120 elements are too close to a kink"));
    }

    [Test]
    public void A_failure_names_layer_element_both_values_and_their_error()
    {
        Philox random = new(1);
        GradientReport report = GradientChecker.Check(new LayerCase(new SoftThreshold(0.5, slope: 0.9), [2, 3], random));
        Assert.That(report.Failures[0].ToString(), Does.Match(
            @"^SoftThreshold \(x \[2, 3\]\): every element: x\[[01], [012]\]: Backward gives \S+, numerically \S+, apart \S+, err \S+$"));
    }

    [Test]
    public void A_layer_that_throws_is_rejected_with_what_it_said()
    {
        Philox random = new(1);
        GradientReport report = GradientChecker.Check(new LayerCase(new Throws(), [2, 3], random));
        Assert.That(report.Failures, Is.Not.Empty);
        Assert.That(report.Failures[0].What, Does.Contain("NotSupportedException: no way back"));
    }

    [Test]
    public void A_right_loss_with_a_kink_passes([Values(1UL, 2UL, 3UL)] ulong seed)
    {
        Philox random = new(seed);
        LossCase subject = new(new AbsoluteError(), RandomTensors.Normal([6, 20], random), RandomTensors.Normal([6, 20], random));
        Assert.That(GradientChecker.Check(subject, seed).Failures, Is.Empty);
    }

    [Test]
    public void A_second_registration_of_a_type_takes_the_place_of_the_first()
    {
        CaseRegistry registry = new();
        registry.Register(new CaseGenerator(typeof(Dense), DenseCases.Small, DenseCases.Realistic));
        registry.Register(new CaseGenerator(typeof(Dense), DenseCases.Realistic, DenseCases.Realistic));
        Assert.That(registry.All.Single().Small, Is.EqualTo((Func<Philox, GradientCase>)DenseCases.Realistic));
    }

    [Test]
    public void A_registered_layer_is_found_by_name_in_any_case()
    {
        GradientReport report = GradientChecker.Run("maxpooling2d", seed: 7, smallCases: 2).Single();
        Assert.That(report.Subject, Is.EqualTo("MaxPooling2D"));
        Assert.That(report.Cases, Is.EqualTo(3));
        Assert.That(report.Passed, report.ToString());
    }

    [Test]
    public void The_same_seed_gives_the_same_report() => Assert.That(
        GradientChecker.Run("Conv2D", 5, 3).Single().Tensors,
        Is.EqualTo(GradientChecker.Run("Conv2D", 5, 3).Single().Tensors));

    /// <summary>y = x ∓ t outside [−t, t], 0 inside: two kinks, neither at 0.</summary>
    private sealed class SoftThreshold(double t, double slope = 1, bool alwaysElsewhere = false) : ElementwiseLayer, IPiecewise
    {
        private int calls;

        public override Tensor Forward(Tensor x, Pass pass)
        {
            Tensor y = Tensor.Like(x);
            for (int i = 0; i < x.ElementCount; i++)
            {
                y.SetFlat(i, x.GetFlat(i) - Math.Clamp(x.GetFlat(i), -t, t));
            }

            pass.Save(y);
            return y;
        }

        public override Tensor Backward(Tensor g, Pass pass)
        {
            Tensor y = pass.Restore(), dx = Tensor.Like(g);
            for (int i = 0; i < g.ElementCount; i++)
            {
                dx.SetFlat(i, y.GetFlat(i) == 0 ? 0 : slope * g.GetFlat(i));
            }

            return dx;
        }

        public IEnumerable<int> Pieces(Tensor x) => alwaysElsewhere
            ? [calls++]
            : Enumerable.Range(0, x.ElementCount).Select(i => Math.Abs(x.GetFlat(i)) > t ? Math.Sign(x.GetFlat(i)) : 0);
    }

    /// <summary>L = Σ|ŷ − y|, a kink at every right prediction.</summary>
    private sealed class AbsoluteError : Loss, IPiecewiseLoss
    {
        public override Tensor Forward(Tensor prediction, Tensor target, Pass pass)
        {
            Tensor difference = prediction - target;
            pass.Save(difference);
            double sum = 0;
            foreach (double d in difference.AsSpan<double>())
            {
                sum += Math.Abs(d);
            }

            return Tensor.From([sum], []);
        }

        public override Tensor Backward(Pass pass)
        {
            Tensor difference = pass.Restore(), dx = Tensor.Like(difference);
            for (int i = 0; i < dx.ElementCount; i++)
            {
                dx.SetFlat(i, Math.Sign(difference.GetFlat(i)));
            }

            return dx;
        }

        public IEnumerable<int> Pieces(Tensor prediction, Tensor target) =>
            Enumerable.Range(0, target.ElementCount).Select(i => Math.Sign(prediction.GetFlat(i) - target.GetFlat(i)));
    }

    private sealed class Throws : ElementwiseLayer
    {
        public override Tensor Forward(Tensor x, Pass pass) => x.Exp();

        public override Tensor Backward(Tensor g, Pass pass) => throw new NotSupportedException("no way back");
    }
}
