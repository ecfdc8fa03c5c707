using Engine.Cli;
using Engine.Cli.KernelChecks;
using Engine.Tests.Emulator;
using Engine.Tests.House;

namespace Engine.Tests.Cli;

/// <summary>engine kernel check: right kernels pass, wrong ones are found with their line, and mistakes in the file are said in one line.</summary>
[RequiresEmulator]
[NonParallelizable]
public sealed class KernelCheckTests : CommandTest
{
    [TestCase("block_sum", "in 5 cases, each in 3 orders of its threads")]
    [TestCase("histogram", "results the same")]
    public void A_right_kernel_passes(string kernel, string words)
    {
        string output = Succeed($"kernel check {File(kernel)}");
        Assert.That(output, Does.Contain(words).And.Contain("right").And.Not.Contain("WRONG"));
    }

    [Test]
    public void The_kernels_of_chapter_10_pass_in_both_types()
    {
        string output = Succeed($"kernel check {System.IO.Path.Combine(Repository.Root, "examples", "kernels", "swish.cu")}");
        foreach (string kernel in (string[])["swish_forward_f32", "swish_forward_f64", "swish_backward_f32", "swish_backward_f64"])
        {
            Assert.That(output, Does.Contain($"{kernel}(const"));
        }

        Assert.That(output.Split("\nright ").Length - 1, Is.EqualTo(4));
    }

    [TestCase("no_tail", 9, "right at the end of 'x' (4 bytes)", "first with n = 1, a = 2.5, threads in ascending order; in 21 of 24 launches")]
    [TestCase("no_barrier", 11, "data race", "in 3 of 3 launches")]
    [TestCase("divergent", 9, "divergent barrier", "first with n = 64")]
    public void A_misuse_of_memory_or_barriers_is_found_with_its_line_of_source(string kernel, int line, string finding, string launch)
    {
        Outcome outcome = Run($"kernel check {File(kernel)}");
        string source = System.IO.File.ReadAllLines(File(kernel))[line - 1];
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Failure), outcome.Error);
        Assert.That(OnOneLine(outcome.Output), Does.Contain(finding).And.Contain($"{kernel}.cu:{line}"));
        Assert.That(outcome.Output, Does.Contain($"{line,7} │ {source}").And.Contain(launch));
    }

    [Test]
    public void A_kernel_that_does_not_end_is_given_up_with_its_line()
    {
        Outcome outcome = Run($"kernel check {File("endless")}");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Failure), outcome.Error);
        Assert.That(OnOneLine(outcome.Output), Does.Match(@"no end after 5 s; thread \(\d+, 0, 0\) is at endless\.cu:[78]").And.Contain("in 1 of 1 launch"));
    }

    [Test]
    public void A_result_that_is_not_the_reference_s_is_found_with_its_index_and_both_numbers()
    {
        Outcome outcome = Run($"kernel check {File("transposed")}");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Failure), outcome.Error);
        Assert.That(OnOneLine(outcome.Output), Does.Match(@"WRONG  y\[1\] is -?[\d.]+, the reference has -?[\d.]+; 6 of 9 numbers differ"));
        Assert.That(outcome.Output.Split("WRONG").Length - 1, Is.EqualTo(1), "one mistake is reported once");
        Assert.That(outcome.Output, Does.Contain("in 18 of 18 launches"));
    }

    [TestCase("undeclared", "undeclared.cu does not say how to launch 'scale'. Write above it")]
    [TestCase("hidden", "kernel 'hidden' cannot be found by its name. Write extern \"C\" before __global__")]
    [TestCase("bad_line", "bad_line.cu:3: 'x[n' is not understood")]
    [TestCase("missing_parameter", "missing_parameter.cu:1: 'scale' has the parameter 'float factor', and nothing says what it is")]
    [TestCase("no_cuda", "no_cuda.cu does not compile: no_cuda.cu:7:")]
    public void A_mistake_in_the_file_is_one_line(string kernel, string expected)
    {
        Outcome outcome = Run($"kernel check {File(kernel)}");
        Assert.That(outcome.Code, Is.EqualTo(ExitCode.Mistake), outcome.Error);
        Assert.That(outcome.Error, Does.Contain(expected).And.EndWith("\n"));
        Assert.That(outcome.Error.TrimEnd('\n'), Does.Not.Contain('\n'));
    }

    [Test]
    public void Of_several_kernels_one_can_be_chosen()
    {
        string swish = System.IO.Path.Combine(Repository.Root, "examples", "kernels", "swish.cu");
        Assert.That(Succeed($"kernel check {swish} --kernel swish_backward_f64"), Does.Contain("swish_backward_f64(").And.Not.Contain("swish_forward"));
        Assert.That(Run($"kernel check {swish} --kernel swish_backwards").Error, Does.Contain("Did you mean 'swish_backward_f32'"));
    }

    // What the engine proposes for a kernel without a declaration is a declaration that it accepts.
    [Test]
    public void The_declaration_that_is_proposed_can_be_used()
    {
        string message = Run($"kernel check {File("undeclared")}").Error;
        string[] lines = message[message.IndexOf("// check", StringComparison.Ordinal)..].TrimEnd('\n', '.').Split(" ⏎ ");
        System.IO.File.WriteAllText(Path("scale.cu"), string.Join('\n', lines) + "\n" + System.IO.File.ReadAllText(File("undeclared")));
        Assert.That(Succeed("kernel check scale.cu"), Does.Contain("right"));
    }

    [TestCase("(n + 255) / 256", 2)]
    [TestCase("n - 1 - 1", 298)]
    [TestCase("2 * -n + 7 % 4", -597)]
    [TestCase("((n))", 300)]
    [TestCase("1.5 * n", 450)]
    public void An_expression_is_computed_as_in_C(string text, double value)
    {
        Expression expression = Expression.TryRead(text, out string problem)!;
        Assert.That(expression, Is.Not.Null, problem);
        Assert.That(expression.Evaluate(new Dictionary<string, double> { ["n"] = 300 }), Is.EqualTo(value));
    }

    [TestCase("(n", "a ')' is missing")]
    [TestCase("n +", "a number or a name is missing")]
    [TestCase("n m", "'m' is not expected")]
    public void An_expression_that_is_none_is_refused(string text, string expected)
    {
        Assert.That(Expression.TryRead(text, out string problem), Is.Null);
        Assert.That(problem, Does.Contain(expected));
    }

    [Test]
    public void Of_very_many_combinations_of_sizes_some_are_tried_the_first_and_the_last_among_them()
    {
        double[] eight = [1, 2, 3, 4, 5, 6, 7, 8];
        IReadOnlyList<IReadOnlyDictionary<string, double>> cases = SizeCases.Of(new Dictionary<string, IReadOnlyList<double>> { ["m"] = eight, ["n"] = eight, ["k"] = eight });
        Assert.That(cases, Has.Count.EqualTo(24));
        Assert.That(cases[0].Values, Is.All.EqualTo(1));
        Assert.That(cases[^1].Values, Is.All.EqualTo(8));
    }

    private static string File(string kernel) => System.IO.Path.Combine(AppContext.BaseDirectory, "Cli", "kernels", $"{kernel}.cu");

    private static string OnOneLine(string text) => text.Replace('\n', ' ');
}
