namespace Engine.Cli.Options;

/// <summary>The words that an option takes, and what each means.</summary>
internal sealed class Words<T>(params (string Word, T Value)[] pairs)
    where T : struct
{
    /// <summary>"on or off", "float32, tf32 or bf16".</summary>
    public string Listed => pairs.Length == 1 ? pairs[0].Word : $"{string.Join(", ", pairs[..^1].Select(p => p.Word))} or {pairs[^1].Word}";

    /// <summary>"on|off".</summary>
    public string Help => string.Join('|', pairs.Select(p => p.Word));

    /// <summary>What a word means; null for one that is none of them.</summary>
    public T? Read(string? word)
    {
        int found = Array.FindIndex(pairs, p => p.Word.Equals(word, StringComparison.OrdinalIgnoreCase));
        return found < 0 ? null : pairs[found].Value;
    }

    /// <summary>The word for a value.</summary>
    public string Of(T value) => pairs.First(p => p.Value.Equals(value)).Word;
}
