using Engine.Tensors;

namespace Engine.Cli.Rendering;

/// <summary>Numbers as people read them.</summary>
internal static class Numbers
{
    /// <summary>Four significant digits: 0.2213, 12.35, 1.2e-05.</summary>
    public static string Loss(double value)
    {
        double size = Math.Abs(value);
        return size switch
        {
            0 => "0.0000",
            < 1e-3 or >= 1e5 => value.ToString("0.00e+00"),
            < 1 => value.ToString("0.0000"),
            < 10 => value.ToString("0.000"),
            < 100 => value.ToString("0.00"),
            < 1e5 => value.ToString("0.0"),
            _ => value.ToString(),
        };
    }

    /// <summary>A fraction in per cent with two decimals: "96.62 %".</summary>
    public static string Percent(double fraction) => double.IsNaN(fraction) ? "–" : $"{100 * fraction:0.00} %";

    /// <summary>A whole number with commas: "407,050".</summary>
    public static string Count(long value) => value.ToString("#,0");

    /// <summary>"1 sample", "60,000 samples".</summary>
    public static string Count(long value, string thing) => $"{Count(value)} {thing}{(value == 1 ? "" : "s")}";

    /// <summary>A rate with three significant digits: "41,200".</summary>
    public static string Rate(double perSecond)
    {
        if (!double.IsFinite(perSecond))
        {
            return "–";
        }

        if (perSecond < 100)
        {
            return perSecond.ToString("0.0");
        }

        double unit = Math.Pow(10, Math.Floor(Math.Log10(perSecond)) - 2);
        return Count((long)(Math.Round(perSecond / unit) * unit));
    }

    /// <summary>A time: "0.4 s", "12 s", "3:05", "1:02:03".</summary>
    public static string Duration(TimeSpan time)
    {
        long seconds = (long)Math.Round(time.TotalSeconds);
        return seconds switch
        {
            < 10 when time.TotalSeconds < 9.95 => $"{time.TotalSeconds:0.0} s",
            < 60 => $"{seconds} s",
            < 3600 => $"{seconds / 60}:{seconds % 60:00}",
            _ => $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}",
        };
    }

    /// <summary>A size in bytes: "812 B", "1.6 MB" (powers of ten).</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.0} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:0.0} GB",
    };

    /// <summary>The shape of a sample: "1×28×28".</summary>
    public static string Of(Shape shape) => string.Join('×', shape.ToArray());
}
