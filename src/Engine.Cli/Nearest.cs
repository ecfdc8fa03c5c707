namespace Engine.Cli;

/// <summary>Finds what a mistyped name was meant to be.</summary>
internal static class Nearest
{
    /// <summary>The names nearest to what was typed, best first; none where nothing is near.</summary>
    public static IReadOnlyList<string> To(string typed, IEnumerable<string> names, int most = 3)
    {
        // A third of the letters may be wrong; a name that begins or ends with what was typed is always near.
        int limit = Math.Max(2, typed.Length / 3);
        return [.. names
            .Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(n => n.Distance <= limit || Contains(n.Name, typed))
            .OrderBy(n => n.Distance)
            .ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(most)
            .Select(n => n.Name)];
    }

    /// <summary>
    /// A sentence with the nearest names, or where none is near with all of them: "Did you mean 'lenet5'?" or "There are:
    /// a, b, c."
    /// </summary>
    public static string Hint(string typed, IReadOnlyCollection<string> names)
    {
        IReadOnlyList<string> near = To(typed, names);
        return near.Count > 0
            ? $"Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
            : $"There are: {string.Join(", ", names)}.";
    }

    /// <summary>
    /// How many letters must be inserted, deleted, exchanged or swapped with their neighbour to make one word of the
    /// other, whatever the case (optimal string alignment, after Damerau, 1964).
    /// </summary>
    public static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                distance[i, j] = i == 0 ? j : j == 0 ? i : Step(distance, a, b, i, j);
            }
        }

        return distance[a.Length, b.Length];
    }

    private static int Step(int[,] distance, string a, string b, int i, int j)
    {
        bool same = Same(a[i - 1], b[j - 1]);
        int best = Math.Min(
            Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1,
            distance[i - 1, j - 1] + (same ? 0 : 1));
        bool swapped = i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]);
        return swapped ? Math.Min(best, distance[i - 2, j - 2] + 1) : best;
    }

    private static bool Contains(string name, string typed) =>
        typed.Length >= 3 && name.Contains(typed, StringComparison.OrdinalIgnoreCase);

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
