using Engine.Checking;
using Engine.Checking.Checks;
using Engine.Layers;
using Engine.Losses;
using Engine.Networks.Frozen;

namespace Engine.Tests.Checking;

/// <summary>Nothing escapes: a layer without generators would never be checked.</summary>
public sealed class RegistrationTests
{
    [Test]
    public void Every_layer_and_loss_of_the_engine_has_a_generator()
    {
        IEnumerable<Type> all = typeof(Layer).Assembly.GetTypes()
            .Where(t => !t.IsAbstract && (t.IsSubclassOf(typeof(Layer)) || t.IsSubclassOf(typeof(Loss))))
            .Where(t => t.Namespace != typeof(GradientChecker).Namespace)

            // Frozen layers refuse to go back; there is nothing to check.
            .Where(t => !t.IsSubclassOf(typeof(FrozenLayer)));

        Assert.That(all.Except(Generators.Everything.Select(g => g.Type)), Is.Empty,
            "These have no generator. Register them in LayerCases or LossCases.");
    }

    [TestCaseSource(nameof(AllGenerators))]
    public void Small_cases_are_small_enough_for_every_element(object generator)
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            GradientCase subject = ((CaseGenerator)generator).Small(new Philox(seed));
            Assert.That(subject.Variables.Select(v => v.Value.ElementCount), Has.All.AtMost(ElementCheck.LargestTensor), $"seed {seed}: {subject}");
        }
    }

    [TestCaseSource(nameof(AllGenerators))]
    public void Batches_hold_more_than_one_sample(object generator)
    {
        for (ulong seed = 0; seed < 100; seed++)
        {
            foreach (GradientCase subject in Both((CaseGenerator)generator, seed))
            {
                Assert.That(subject.Variables[0].Value.Shape[0], Is.AtLeast(2), $"seed {seed}: {subject}");
            }
        }
    }

    [TestCase(typeof(Conv2D))]
    [TestCase(typeof(MaxPooling2D))]
    [TestCase(typeof(AveragePooling2D))]
    public void Images_have_several_channels_and_are_never_square(Type type)
    {
        CaseGenerator generator = Generators.Everything.Single(g => g.Type == type);
        for (ulong seed = 0; seed < 100; seed++)
        {
            foreach (GradientCase subject in Both(generator, seed))
            {
                Shape x = subject.Variables[0].Value.Shape;
                Assert.That(x[1], Is.AtLeast(2), $"seed {seed}: {subject}");
                Assert.That(x[2], Is.Not.EqualTo(x[3]), $"seed {seed}: {subject}");
            }
        }
    }

    [Test]
    public void Convolutions_meet_every_kind_of_setting_in_a_run_of_twelve()
    {
        CaseGenerator generator = Generators.Everything.Single(g => g.Type == typeof(Conv2D));
        for (ulong seed = 0; seed < 20; seed++)
        {
            Conv2D[] layers =
            [
                .. GradientChecker.Cases(generator, seed, 12).Select(c => (Conv2D)((LayerCase)c.Case).Layer),
            ];
            Assert.That(layers.Any(c => c.Stride != 1), $"seed {seed}: strides");
            Assert.That(layers.Any(c => c.Dilation != 1), $"seed {seed}: dilations");
            Assert.That(layers.Any(c => c.Groups > 1), $"seed {seed}: groups");
            Assert.That(layers.Any(c => c.Kernel.Y != c.Kernel.X), $"seed {seed}: oblong kernels");
            Assert.That(layers.Any(c => c.Padding == Padding.Same), $"seed {seed}: same padding");
            Assert.That(layers.Any(c => c.PaddingMode == PaddingMode.Mirror), $"seed {seed}: mirror padding");
            Assert.That(layers.Any(c => c.Bias is null), $"seed {seed}: no bias");
        }
    }

    [Test]
    public void An_unknown_name_is_refused_with_the_names_there_are() => Assert.That(
        () => GradientChecker.Run("Conv3D"),
        Throws.ArgumentException.With.Message.Contains("'Conv3D'").And.Message.Contains("Conv2D"));

    private static IEnumerable<TestCaseData> AllGenerators =>
        Generators.Everything.Select(g => new TestCaseData(g).SetArgDisplayNames(g.Subject));

    private static IEnumerable<GradientCase> Both(CaseGenerator generator, ulong seed) =>
        [generator.Small(new Philox(seed)), generator.Realistic(new Philox(seed))];
}
