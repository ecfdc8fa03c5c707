using System.CommandLine;
using System.CommandLine.Parsing;
using Engine.Tensors;

namespace Engine.Cli.Options;

/// <summary>Makes options that say what they expect when they are given something else.</summary>
internal static class Setting
{
    private delegate bool Reader<T>(string text, out T value);

    /// <summary>A whole number of at least <paramref name="least"/>; null when not given.</summary>
    public static Option<int?> WholeNumber(string name, string description, int least = 1, string helpName = "N") => Make<int?>(
        name,
        description,
        helpName,
        $"a whole number from {least} to {int.MaxValue}",
        (string text, out int? value) =>
        {
            bool good = int.TryParse(text, out int number) && number >= least;
            value = good ? number : null;
            return good;
        });

    /// <summary>A seed: any whole number of 64 bits without sign.</summary>
    public static Option<ulong?> Seed(string description) => Make<ulong?>(
        "--seed",
        description,
        "S",
        "a whole number of at least 0",
        (string text, out ulong? value) =>
        {
            bool good = ulong.TryParse(text, out ulong number);
            value = good ? number : null;
            return good;
        });

    /// <summary>A number within bounds; null when not given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="description">Its line in the help.</param>
    /// <param name="expected">What it expects, for the message.</param>
    /// <param name="accepts">Which numbers are good.</param>
    public static Option<double?> Number(string name, string description, string expected, Func<double, bool> accepts) => Make<double?>(
        name,
        description,
        "X",
        expected,
        (string text, out double? value) =>
        {
            bool good = double.TryParse(text, out double number) && double.IsFinite(number) && accepts(number);
            value = good ? number : null;
            return good;
        });

    /// <summary>An element type that networks compute in.</summary>
    public static Option<DType?> Element(string name, string description) => Make<DType?>(
        name,
        description,
        "TYPE",
        "float32 or float64",
        (string text, out DType? value) =>
        {
            value = text.ToLowerInvariant() switch
            {
                "float32" => DType.Float32,
                "float64" => DType.Float64,
                _ => null,
            };
            return value is not null;
        });

    /// <summary>A device.</summary>
    public static Option<Device?> Device(string description) => Make<Device?>(
        "--device",
        description,
        "DEVICE",
        "cpu, cuda, cuda:1 for the second GPU and so on, emulated or checked",
        (string text, out Device? value) =>
        {
            try
            {
                value = Tensors.Device.Parse(text.ToLowerInvariant());
            }
            catch (FormatException)
            {
                value = null;
            }

            return value is not null;
        });

    /// <summary>One of a few words; null when not given.</summary>
    public static Option<T?> OneOf<T>(string name, string description, Words<T> words)
        where T : struct => Make<T?>(
        name,
        description,
        words.Help,
        words.Listed,
        (string text, out T? value) =>
        {
            value = words.Read(text);
            return value is not null;
        });

    /// <summary>The shape of one sample; null when not given.</summary>
    public static Option<Shape?> Sample(string name, string description) => Make<Shape?>(
        name,
        description,
        "C,H,W",
        "the sizes of one sample, such as 1,28,28 or 3,32,32",
        (string text, out Shape? value) =>
        {
            value = null;
            string[] parts = text.Split(',', 'x', '×');
            int[] sizes = new int[parts.Length];
            long elements = 1;
            for (int i = 0; i < parts.Length; i++)
            {
                if (!int.TryParse(parts[i], out sizes[i]) || sizes[i] < 1 || (elements *= sizes[i]) > int.MaxValue || parts.Length >= Shape.MaxRank)
                {
                    return false;
                }
            }

            value = new Shape(sizes);
            return true;
        });

    /// <summary>A text, such as a path.</summary>
    public static Option<string?> Text(string name, string description, string helpName) => Make<string?>(
        name,
        description,
        helpName,
        "something after it",
        (string text, out string? value) =>
        {
            value = text;
            return text.Length > 0;
        });

    private static Option<T> Make<T>(string name, string description, string helpName, string expected, Reader<T> read) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = (ArgumentResult result) =>
        {
            string text = result.Tokens[0].Value;
            if (!read(text, out T value))
            {
                result.AddError($"{name} was given '{text}' and expects {expected}.");
            }

            return value;
        },
    };
}
