using Engine.Tensors;

namespace Engine.Cli.KernelChecks;

/// <summary>What the names of a declaration stand for in one launch.</summary>
internal static class SizeCases
{
    // Three sizes of eight values each have 512 combinations; these are enough.
    private const int Most = 24;

    /// <summary>Every combination where they are few; otherwise the first, the last and some drawn between.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, double>> Of(IReadOnlyDictionary<string, IReadOnlyList<double>> values)
    {
        (string Name, IReadOnlyList<double> Values)[] names = [.. values.Select(pair => (pair.Key, pair.Value))];
        long count = 1;
        foreach ((_, IReadOnlyList<double> several) in names)
        {
            count = Math.Min(count * several.Count, int.MaxValue);
        }

        Philox random = new(1);
        SortedSet<long> chosen = count <= Most ? [.. Enumerable.Range(0, (int)count).Select(i => (long)i)] : [0, count - 1];
        while (chosen.Count < Math.Min(count, Most))
        {
            chosen.Add(random.NextInt((int)count));
        }

        return [.. chosen.Select(number => Combination(names, number))];
    }

    private static Dictionary<string, double> Combination((string Name, IReadOnlyList<double> Values)[] names, long number)
    {
        Dictionary<string, double> combination = [];
        foreach ((string name, IReadOnlyList<double> several) in names)
        {
            combination[name] = several[(int)(number % several.Count)];
            number /= several.Count;
        }

        return combination;
    }
}
