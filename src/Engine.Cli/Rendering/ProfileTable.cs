using Engine.Training;

namespace Engine.Cli.Rendering;

/// <summary>Where the time of steps went, as two tables: the layers, and what else there is in a step.</summary>
internal static class ProfileTable
{
    private const int LongestName = 20;

    /// <summary>Writes the tables.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="report">The figures.</param>
    /// <param name="unit">What a step is: "training step", "picture".</param>
    public static void Write(Terminal terminal, ProfileReport report, string unit)
    {
        terminal.Line("where the time went", Theme.Strong);
        terminal.Paragraph(
            $"Medians of {Numbers.Count(report.Steps, unit)}, in milliseconds; one took {Time(report.StepMilliseconds)}. Layers are timed one by one: "
            + "no activation is fused into the layer before it, a GPU is waited for around each, and CUDA graphs are off, so that "
            + "the whole is slower than without --profile.",
            Theme.Quiet);
        terminal.Line();
        Layers(report).WriteTo(terminal);
        terminal.Line();
        Parts(report).WriteTo(terminal);
    }

    private static TextTable Layers(ProfileReport report)
    {
        ILookup<string, ProfileRow> layers = report.Rows.Where(r => r.Layer.Length > 0).ToLookup(r => r.Layer);
        bool goesBack = report.Rows.Any(r => r.Work == ProfiledWork.Backward);
        string[] back = goesBack ? [">backward", ">GFLOP/s", ">GB/s"] : [];
        TextTable table = new(["layer", ">forward", ">GFLOP/s", ">GB/s", .. back, ">share"]);
        foreach (IGrouping<string, ProfileRow> layer in layers)
        {
            string[] Cells(ProfiledWork work) => layer.FirstOrDefault(r => r.Work == work) is { } row
                ? [Time(row.Milliseconds), Rate(row.FlopsPerSecond), Rate(row.BytesPerSecond)]
                : ["–", "–", "–"];
            string[] backward = goesBack ? Cells(ProfiledWork.Backward) : [];
            table.Add([Short(layer.Key), .. Cells(ProfiledWork.Forward), .. backward, Share(layer.Sum(report.Share))]);
        }

        return table;
    }

    private static TextTable Parts(ProfileReport report)
    {
        TextTable table = new("part of the step", ">ms", ">share");
        Add("layers forward", report.Rows.Where(r => r.Layer.Length > 0 && r.Work == ProfiledWork.Forward));
        Add("layers backward", report.Rows.Where(r => r.Layer.Length > 0 && r.Work == ProfiledWork.Backward));
        foreach (ProfileRow row in report.Rows.Where(r => r.Layer.Length == 0).OrderBy(r => r.Work))
        {
            Add(NameOf(row.Work), [row]);
        }

        table.AddRule();
        table.Add(Theme.Strong, "together", Time(report.Milliseconds), Share(1));
        return table;

        void Add(string name, IEnumerable<ProfileRow> rows)
        {
            ProfileRow[] all = [.. rows];
            if (all.Length > 0)
            {
                table.Add(name, Time(all.Sum(r => r.Milliseconds)), Share(all.Sum(report.Share)));
            }
        }
    }

    private static string NameOf(ProfiledWork work) => work switch
    {
        ProfiledWork.Data => "waiting for data",
        ProfiledWork.Transfer => "data to the device",
        ProfiledWork.ZeroGradients => "gradients to zero",
        ProfiledWork.Forward => "between layers, forward",
        ProfiledWork.Loss => "loss",
        ProfiledWork.LossBackward => "loss, backward",
        ProfiledWork.Backward => "between layers, backward",
        ProfiledWork.Optimizer => "optimizer",
        _ => "results",
    };

    private static string Time(double milliseconds) => milliseconds.ToString(milliseconds < 1000 ? "0.000" : "#,0.0");

    private static string Share(double share) => $"{100 * share:0.0} %";

    private static string Rate(double perSecond) => perSecond switch
    {
        0 => "–",
        < 99.95e9 => (perSecond / 1e9).ToString("0.0"),
        _ => (perSecond / 1e9).ToString("#,0"),
    };

    // Of a long path the end says more.
    private static string Short(string path) => path.Length <= LongestName ? path : $"…{path[^(LongestName - 1)..]}";
}
