namespace Engine.Checking;

/// <summary>Generators in the order of their registration; a second one for a type replaces the first.</summary>
internal sealed class CaseRegistry
{
    private readonly Lock access = new();
    private readonly List<CaseGenerator> generators = [];

    public IReadOnlyList<CaseGenerator> All
    {
        get
        {
            lock (access)
            {
                return [.. generators];
            }
        }
    }

    public void Register(CaseGenerator generator)
    {
        lock (access)
        {
            int at = generators.FindIndex(g => g.Type == generator.Type);
            if (at >= 0)
            {
                generators[at] = generator;
            }
            else
            {
                generators.Add(generator);
            }
        }
    }
}
