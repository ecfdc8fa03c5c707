using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary>engine train and engine evaluate, on data small enough for a test.</summary>
public sealed class TrainTests : CommandTest
{
    private const string Small = "--dataset digits --samples 96 --test-samples 40 --batch-size 32";

    [TestCase("and", ExitCode.Success, "passed without a mistake")]
    [TestCase("or", ExitCode.Success, "passed without a mistake")]
    [TestCase("xor", ExitCode.Failure, "'xor' is not linearly separable")]
    public void A_perceptron_learns_what_a_line_separates_and_says_when_none_does(string gate, int code, string verdict)
    {
        Outcome outcome = Run($"train perceptron --dataset {gate}");
        Assert.That(outcome.Code, Is.EqualTo(code));
        Assert.That(outcome.Output, Does.Contain(verdict).And.Contain("mistakes"));
        Assert.That(outcome.Error, Is.Empty);
    }

    // Deck F's gradient, corrected: from m = −1, b = 5 one step at rate 0.1 gives m = −0.7, b = 5.1.
    [Test]
    public void The_line_fit_prints_m_and_b_of_every_epoch()
    {
        string output = Succeed("train line-fit --epochs 3");
        Assert.That(output, Does.Match(@"(?m)^ *1/3 +2\.500 +-0\.7000 +5\.1000$"));
        Assert.That(output.Split('\n').Count(l => l.Contains("/3 ", StringComparison.Ordinal)), Is.EqualTo(3));
    }

    // Deck F: λ = 0.6 diverges.
    [Test]
    public void A_run_that_diverges_fails_with_the_place_and_a_way_out()
    {
        Outcome outcome = Run("train line-fit --learning-rate 0.6");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Failure));
        Assert.That(outcome.Error, Does.Contain("diverged in epoch").And.Contain("learning rate").And.Contain("0.6"));
        Assert.That(File.Exists(Path("runs", "line-fit", "weights.safetensors")), Is.False);
    }

    [Test]
    public void Training_says_what_it_uses_where_it_saves_and_what_comes_next()
    {
        string output = Succeed($"train mnist-mlp {Small} --epochs 2");
        Assert.That(output, Does.Contain("407,050 parameters").And.Contain("generated digits, seed 1").And.Contain("96 samples to learn, 40 to test"));
        Assert.That(output, Does.Contain("2 epochs of 3 steps of 32 samples").And.Contain("predicted").And.Contain("o test"));
        Assert.That(output, Does.Contain("runs/mnist-mlp/weights.safetensors").And.Contain("engine predict"));
        Assert.That(File.Exists(Path("runs", "mnist-mlp", "weights.safetensors")));
    }

    [Test]
    public void Output_that_nobody_watches_has_no_escape_codes_and_fits_80_columns()
    {
        string output = Succeed($"train mnist-mlp {Small} --epochs 1 --output o");
        Assert.That(output, Does.Not.Contain('\e').And.Not.Contain('\r'));
        Assert.That(output.Split('\n').Where(l => l.Contains("───", StringComparison.Ordinal)).Max(l => l.Length), Is.LessThanOrEqualTo(80));
    }

    [Test]
    public void The_table_of_epochs_has_a_row_for_each()
    {
        Succeed($"train mnist-mlp {Small} --epochs 2 --csv tables/run.csv");
        string[] rows = File.ReadAllLines(Path("tables", "run.csv"));
        Assert.That(rows, Has.Length.EqualTo(3));
        Assert.That(rows[0], Does.StartWith("epoch,loss,accuracy"));
        Assert.That(rows[2], Does.StartWith("2,"));
    }

    [Test]
    public void A_seed_gives_the_same_weights_on_any_number_of_threads()
    {
        Succeed($"train lenet5 {Small} --epochs 1 --seed 3 --threads 1 --output a");
        Succeed($"train lenet5 {Small} --epochs 1 --seed 3 --threads 3 --output b.safetensors");
        Succeed($"train lenet5 {Small} --epochs 1 --seed 4 --output c");
        byte[] weights = File.ReadAllBytes(Path("a", "weights.safetensors"));
        Assert.That(File.ReadAllBytes(Path("b.safetensors")), Is.EqualTo(weights));
        Assert.That(File.ReadAllBytes(Path("c", "weights.safetensors")), Is.Not.EqualTo(weights));
    }

    [Test]
    public void A_run_that_is_stopped_and_resumed_ends_with_the_weights_of_one_that_was_not()
    {
        Succeed($"train mnist-mlp {Small} --epochs 3 --dtype float64 --output whole");
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Outcome stopped = Run($"train mnist-mlp {Small} --epochs 3 --dtype float64 --output parts", stop.Token);
        Assert.That(stopped.Code, Is.EqualTo(ExitCode.Interrupted));
        Assert.That(stopped.Output, Does.Contain("engine train mnist-mlp --resume --output parts"));
        Assert.That(File.Exists(Path("parts", "weights.safetensors")), Is.False);

        string resumed = Succeed("train mnist-mlp --resume --output parts");
        Assert.That(resumed, Does.Contain("resumed").And.Contain("3 epochs of 3 steps of 32 samples").And.Contain("float64"));
        Assert.That(File.ReadAllBytes(Path("parts", "weights.safetensors")), Is.EqualTo(File.ReadAllBytes(Path("whole", "weights.safetensors"))));
    }

    [Test]
    public void A_finished_run_can_be_taken_further()
    {
        Succeed("train neuron --epochs 7 --output whole");
        Succeed("train neuron --epochs 4 --output parts");
        Succeed("train neuron --resume --epochs 7 --output parts");
        Assert.That(File.ReadAllBytes(Path("parts", "weights.safetensors")), Is.EqualTo(File.ReadAllBytes(Path("whole", "weights.safetensors"))));
    }

    [Test]
    public void A_new_run_says_that_it_replaces_an_unfinished_one()
    {
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.That(Run("train neuron --epochs 4", stop.Token).Code, Is.EqualTo(ExitCode.Interrupted));
        Assert.That(Succeed("train neuron --epochs 4"), Does.Contain("holds an unfinished run"));
        Assert.That(Succeed("train neuron --epochs 4"), Does.Not.Contain("holds an unfinished run"));
    }

    [Test]
    public void Held_out_samples_are_not_learned_from()
    {
        string output = Succeed($"train mnist-mlp {Small} --epochs 1 --validation 0.25");
        Assert.That(output, Does.Contain("72 samples to learn, 24 to test").And.Contain("held-out loss"));
        Assert.That(Succeed($"train mnist-mlp {Small} --epochs 1 --validation 0"), Does.Not.Contain("test loss"));
    }

    [Test]
    public void Of_held_out_samples_the_best_epoch_is_kept_and_can_be_evaluated()
    {
        string output = Succeed($"train mnist-mlp {Small} --epochs 3 --validation 0.25");
        Assert.That(output, Does.Match(@"best\.safetensors, as it was after epoch [123]"));
        string best = Path("runs", "mnist-mlp", "best.safetensors");
        Assert.That(Succeed($"evaluate mnist-mlp --weights {best} --test-samples 40"), Does.Contain("right of 40 samples"));
        Assert.That(Succeed($"train mnist-mlp {Small} --epochs 1 --output apart"), Does.Not.Contain("best.safetensors"));
    }

    [Test]
    public void Evaluating_gives_the_figures_that_training_ended_with()
    {
        string Result(string output) => output.Split('\n').Single(l => l.StartsWith("result", StringComparison.Ordinal));
        string trained = Result(Succeed($"train mnist-mlp {Small} --epochs 2"));
        Assert.That(trained, Does.Match(@"\d+\.\d\d % right of 40 samples"));
        Assert.That(Result(Succeed("evaluate mnist-mlp --test-samples 40")), Is.EqualTo(trained));
    }

    [Test]
    public void Every_small_model_learns_its_usual_data()
    {
        Assert.That(Succeed("train neuron"), Does.Contain("100.00 % right of 4 samples (or)"));
        Assert.That(Succeed("train two-two-one"), Does.Contain("100.00 % right of 12 samples"));
        Assert.That(Succeed("train logistic"), Does.Match(@"result +9\d\.\d\d % right of 100 samples"));
    }
}
