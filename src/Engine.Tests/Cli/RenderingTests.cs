using Engine.Cli;
using Engine.Cli.Rendering;
using Engine.Metrics;

namespace Engine.Tests.Cli;

/// <summary>Numbers, bars, curves and tables as text.</summary>
public sealed class RenderingTests
{
    [TestCase(0.22134, "0.2213")]
    [TestCase(12.345, "12.35")]
    [TestCase(0, "0.0000")]
    [TestCase(0.000012, "1.20e-05")]
    [TestCase(double.NaN, "NaN")]
    public void A_loss_has_four_digits(double loss, string text) => Assert.That(Numbers.Loss(loss), Is.EqualTo(text));

    [TestCase(41_234, "41,200")]
    [TestCase(99.96, "100.0")]
    [TestCase(0.5, "0.5")]
    [TestCase(double.PositiveInfinity, "–")]
    public void A_rate_has_three_digits(double rate, string text) => Assert.That(Numbers.Rate(rate), Is.EqualTo(text));

    [TestCase(0.44, "0.4 s")]
    [TestCase(59.4, "59 s")]
    [TestCase(59.6, "1:00")]
    [TestCase(185, "3:05")]
    [TestCase(3723, "1:02:03")]
    [TestCase(360000, "100:00:00")]
    public void A_time_is_written_as_clocks_do(double seconds, string text) =>
        Assert.That(Numbers.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    [TestCase(0, "")]
    [TestCase(0.5, "█████")]
    [TestCase(1, "██████████")]
    [TestCase(2, "██████████")]
    [TestCase(0.0125, "▏")]
    [TestCase(double.NaN, "")]
    public void A_bar_is_fine_to_an_eighth_of_a_character(double fraction, string bar) =>
        Assert.That(Bar.Of(fraction, 10), Is.EqualTo(bar));

    [Test]
    public void A_falling_loss_is_a_line_from_the_upper_left_to_the_lower_right()
    {
        string[] rows = Text(LossCurve.Draw([.. Enumerable.Range(0, 101).Select(i => (i / 100.0, 1 - (i / 100.0)))], [(1, 0.5)], 50, 5));
        Assert.That(rows[0][10], Is.InRange('\u2801', '\u28FF'));
        Assert.That(rows[4][^1], Is.InRange('\u2801', '\u28FF'));
        Assert.That(rows[2], Does.EndWith("o"));
        Assert.That(rows[0], Does.StartWith("   1.000"));
        Assert.That(rows[6], Does.EndWith("1 epoch"));
    }

    [Test]
    public void A_loss_that_falls_far_is_drawn_on_a_logarithmic_scale()
    {
        string[] rows = Text(LossCurve.Draw([.. Enumerable.Range(0, 50).Select(i => ((double)i, Math.Pow(10, -i / 10.0)))], [], 60, 6));
        Assert.That(rows[^1], Does.Contain("logarithmic"));
    }

    [Test]
    public void Losses_that_are_not_finite_are_left_out()
    {
        Assert.That(Text(LossCurve.Draw([(0, double.NaN)], [], 40, 4))[0], Is.EqualTo("no finite loss to draw"));
        Assert.That(() => LossCurve.Draw([(0, 1), (1, double.PositiveInfinity), (2, 1)], [(1, double.NaN)], 40, 4), Throws.Nothing);
    }

    [Test]
    public void A_long_run_keeps_its_curve_in_bounded_memory()
    {
        LossTrace trace = new();
        for (int i = 1; i <= 100_000; i++)
        {
            trace.Add(i, i);
        }

        Assert.That(trace.Points, Has.Count.InRange(2000, 4096));
        Assert.That(trace.Points.Select(p => p.Epoch), Is.Ordered);

        // Neighbours are averaged: the loss i at epoch i stays within a bucket of it.
        Assert.That(trace.Points.Max(p => Math.Abs(p.Epoch - p.Loss)), Is.LessThanOrEqualTo(64));
    }

    [Test]
    public void The_confusion_table_counts_rows_and_names_the_commonest_mistakes()
    {
        ConfusionMatrix matrix = new(2);
        matrix.Add(Tensor.From([1f, 0, 1, 0, 0, 1, 1, 0], [4, 2]), Tensor.From(0, 0, 1, 1));
        string[] rows = Text(ConfusionTable.Draw(matrix, ["cat", "dog"], 80)!);
        Assert.That(rows[2], Does.Contain("cat").And.Contain("2").And.Contain("·").And.EndWith("100.0 %"));
        Assert.That(rows[3], Does.Contain("dog").And.EndWith("50.0 %"));
        Assert.That(ConfusionTable.Commonest(matrix, ["cat", "dog"]), Is.EqualTo(["dog for cat (once)"]));
        Assert.That(ConfusionTable.Draw(matrix, ["cat", "dog"], 20), Is.Null);
    }

    [Test]
    public void A_picture_shows_two_rows_of_pixels_in_one_of_characters() =>
        Assert.That(Text(Picture.Draw([1, 0, 1, 0, 1, 1, 0, 0, 1], 3, inGrey: false)), Is.EqualTo(["▀▄█", "  ▀"]));

    [TestCase(10, 10)]
    [TestCase(25, 25)]
    [TestCase(200, 24)]
    [TestCase(100_000, 24)]
    public void Of_many_epochs_some_twenty_get_a_row_first_and_last_among_them(int epochs, int rows)
    {
        RowsShown shown = new(epochs);
        Assert.That(Enumerable.Range(1, epochs).Count(shown.Shows), Is.InRange(Math.Min(rows, 12), rows + 2));
        Assert.That(shown.Shows(1) && shown.Shows(epochs));
    }

    private static string[] Text(TextCanvas canvas)
    {
        using StringWriter writer = new();
        Terminal.Plain(writer, TextWriter.Null, "").Draw(canvas);
        return writer.ToString().TrimEnd('\n').Split('\n');
    }
}
