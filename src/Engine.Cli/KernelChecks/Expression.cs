using System.Globalization;

namespace Engine.Cli.KernelChecks;

/// <summary>Arithmetic over sizes, as declarations have it: <c>(n + 255) / 256</c>. Whole numbers divide as in C.</summary>
/// <remarks>
/// sum := product { (+|-) product };  product := factor { (*|/|%) factor };  factor := number | name | - factor | ( sum ).
/// </remarks>
internal sealed class Expression
{
    private readonly Func<IReadOnlyDictionary<string, double>, double> value;

    private Expression(string text, Func<IReadOnlyDictionary<string, double>, double> value) => (Text, this.value) = (text, value);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="problem">What is wrong with it, where null comes back.</param>
    public static Expression? TryRead(string text, out string problem)
    {
        Reader reader = new(text);
        try
        {
            Func<IReadOnlyDictionary<string, double>, double> value = reader.Sum();
            reader.End();
            problem = "";
            return new Expression(text.Trim(), value);
        }
        catch (FormatException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    /// <summary>Its value.</summary>
    /// <param name="names">What the names stand for.</param>
    /// <exception cref="FormatException">A name stands for nothing, or a divisor is 0.</exception>
    public double Evaluate(IReadOnlyDictionary<string, double> names) => value(names);

    private ref struct Reader(string text)
    {
        private readonly string text = text;
        private int position;

        public Func<IReadOnlyDictionary<string, double>, double> Sum()
        {
            Func<IReadOnlyDictionary<string, double>, double> left = Product();
            while (Next() is '+' or '-')
            {
                char sign = text[position++];
                Func<IReadOnlyDictionary<string, double>, double> before = left, right = Product();
                left = sign == '+' ? names => before(names) + right(names) : names => before(names) - right(names);
            }

            return left;
        }

        public void End()
        {
            if (Next() is { } left and not '\0')
            {
                throw new FormatException($"'{left}' is not expected in '{text.Trim()}'");
            }
        }

        private Func<IReadOnlyDictionary<string, double>, double> Product()
        {
            Func<IReadOnlyDictionary<string, double>, double> left = Factor();
            while (Next() is '*' or '/' or '%')
            {
                char sign = text[position++];
                Func<IReadOnlyDictionary<string, double>, double> before = left, right = Factor();
                left = names => Combine(sign, before(names), right(names));
            }

            return left;
        }

        private Func<IReadOnlyDictionary<string, double>, double> Factor()
        {
            char next = Next();
            if (next == '(')
            {
                position++;
                Func<IReadOnlyDictionary<string, double>, double> inner = Sum();
                if (Next() != ')')
                {
                    throw new FormatException($"a ')' is missing in '{text.Trim()}'");
                }

                position++;
                return inner;
            }

            if (next == '-')
            {
                position++;
                Func<IReadOnlyDictionary<string, double>, double> inner = Factor();
                return names => -inner(names);
            }

            int start = position;
            while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '_' or '.'))
            {
                position++;
            }

            string word = text[start..position];
            if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                return _ => number;
            }

            return word.Length > 0 && (char.IsAsciiLetter(word[0]) || word[0] == '_')
                ? names => names.TryGetValue(word, out double found) ? found : throw new FormatException($"'{word}' has no value")
                : throw new FormatException($"a number or a name is missing in '{text.Trim()}'");
        }

        private char Next()
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            return position < text.Length ? text[position] : '\0';
        }

        private static double Combine(char sign, double a, double b)
        {
            if (sign == '*')
            {
                return a * b;
            }

            if (b == 0)
            {
                throw new FormatException("a division by 0");
            }

            bool whole = double.IsInteger(a) && double.IsInteger(b);
            return sign == '%' ? a % b : whole ? Math.Truncate(a / b) : a / b;
        }
    }
}
