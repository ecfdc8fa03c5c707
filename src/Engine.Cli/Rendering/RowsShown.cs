namespace Engine.Cli.Rendering;

/// <summary>Which epochs get a row: all of a few, of many the first ones, then some twenty at equal distance, and the last.</summary>
internal readonly struct RowsShown
{
    private const int Most = 25;
    private const int First = 5;

    private readonly int epochs;
    private readonly int every;

    /// <summary>For a run of so many epochs.</summary>
    public RowsShown(int epochs)
    {
        this.epochs = epochs;
        every = 1;

        // 1, 2, 5, 10, 20, 50 …, so that the numbers shown are round.
        for (int i = 0; epochs / every > Most - First; i++)
        {
            every = (i % 3) == 1 ? every / 2 * 5 : every * 2;
        }
    }

    /// <summary>Whether an epoch, counted from 1, gets a row.</summary>
    public bool Shows(int epoch) => epochs <= Most || epoch <= First || epoch % every == 0 || epoch == epochs;
}
