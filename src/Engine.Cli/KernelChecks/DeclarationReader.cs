using System.Globalization;
using System.Text.RegularExpressions;

namespace Engine.Cli.KernelChecks;

/// <summary>Reads the declarations in a .cu file's comments.</summary>
/// <remarks>
/// <code>
/// // check saxpy                   the kernel
/// //   n = tails                   what each number is, in turn; tails are sizes around the edges of warps and blocks
/// //   a = 2.5
/// //   x[n], y[n]                  how long each array is; "= 0" or "in 0..9" says what it holds
/// //   grid (n + 255) / 256
/// //   block 256
/// //   shared 4 * 256              bytes of dynamic shared memory; none unless said
/// //   tolerance 1e-5              or "4 ulp", which is usual
/// </code>
/// </remarks>
internal sealed partial class DeclarationReader
{
    private static readonly double[] Tails = [1, 31, 32, 33, 255, 256, 257, 1000];

    private readonly string file;
    private readonly Dictionary<string, IReadOnlyList<double>> values = [];
    private readonly Dictionary<string, DeclaredArray> arrays = [];
    private Expression[] grid = [];
    private Expression[] block = [];
    private Expression? shared;
    private Tolerance tolerance = Tolerance.Usual;
    private int line;

    private DeclarationReader(string file) => this.file = file;

    /// <summary>All declarations of a file.</summary>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="source">Its text.</param>
    /// <exception cref="MistakeException">One cannot be understood; the message has file and line.</exception>
    public static IReadOnlyList<Declaration> ReadAll(string file, string source)
    {
        string[] lines = source.Split('\n');
        List<Declaration> found = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (Head().Match(lines[i]) is { Success: true } head)
            {
                found.Add(new DeclarationReader(file).Read(head.Groups["kernel"].Value, lines, i));
            }
        }

        return found;
    }

    private Declaration Read(string kernel, string[] lines, int head)
    {
        for (int i = head + 1; i < lines.Length && Comment().Match(lines[i]) is { Success: true } comment && !Head().IsMatch(lines[i]); i++)
        {
            line = i + 1;
            ReadClause(comment.Groups["text"].Value.Trim());
        }

        line = head + 1;
        return grid.Length > 0 && block.Length > 0
            ? new Declaration(kernel, line, values, arrays, grid, block, shared, tolerance)
            : throw Mistake($"the declaration of '{kernel}' needs a line 'grid …' and a line 'block …'");
    }

    private void ReadClause(string clause)
    {
        string word = FirstWord().Match(clause).Value, rest = clause[word.Length..].Trim();
        switch (word)
        {
            case "grid":
                grid = ReadSizes(rest);
                break;
            case "block":
                block = ReadSizes(rest);
                break;
            case "shared":
                shared = ReadExpression(rest);
                break;
            case "tolerance":
                tolerance = ReadTolerance(rest);
                break;
            case not "" when rest.StartsWith('='):
                values[word] = ReadValues(rest[1..]);
                break;
            case not "" when rest.StartsWith('['):
                ReadArrays(clause);
                break;
            default:
                throw Mistake($"'{clause}' is not understood; there are NAME = NUMBERS, NAME[LENGTH], grid, block, shared and tolerance");
        }
    }

    private double[] ReadValues(string text) => text.Trim() == "tails" ? Tails : [.. text.Split(',').Select(ReadNumber)];

    private void ReadArrays(string clause)
    {
        int at = 0;
        while (at < clause.Length)
        {
            Match match = Array().Match(clause, at);
            if (!match.Success || match.Index != at)
            {
                throw Mistake($"'{clause[at..]}' is not understood; arrays are written x[n], y[n] = 0, labels[n] in 0..9");
            }

            string name = match.Groups["name"].Value;
            Expression? low = null, high = null;
            if (match.Groups["value"].Success)
            {
                low = high = ReadExpression(match.Groups["value"].Value);
            }
            else if (match.Groups["low"].Success)
            {
                (low, high) = (ReadExpression(match.Groups["low"].Value), ReadExpression(match.Groups["high"].Value));
            }

            arrays[name] = new DeclaredArray(name, ReadExpression(match.Groups["length"].Value), low, high);
            at += match.Length;
        }
    }

    private Expression[] ReadSizes(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length <= 3
            ? [.. parts.Select(ReadExpression)]
            : throw Mistake($"'{text}' has {parts.Length} sizes; there are at most 3");
    }

    private Tolerance ReadTolerance(string text)
    {
        bool inUlp = text.EndsWith("ulp", StringComparison.Ordinal);
        return new Tolerance(ReadNumber(inUlp ? text[..^3] : text), inUlp);
    }

    private double ReadNumber(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw Mistake($"'{text.Trim()}' is no number");

    private Expression ReadExpression(string text) => Expression.TryRead(text, out string problem) ?? throw Mistake(problem);

    private MistakeException Mistake(string what) => new($"{file}:{line}: {what}.");

    [GeneratedRegex(@"^\s*//\s*check\s+(?<kernel>\w+)\s*:?\s*$")]
    private static partial Regex Head();

    [GeneratedRegex(@"^\s*//(?<text>.*\S.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^[A-Za-z_]\w*")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\s*(?<name>\w+)\s*\[(?<length>[^\]]+)\]\s*(?:=\s*(?<value>[^,]+?)|in\s+(?<low>[^,]+?)\.\.(?<high>[^,]+?))?\s*(?:,|$)")]
    private static partial Regex Array();
}
