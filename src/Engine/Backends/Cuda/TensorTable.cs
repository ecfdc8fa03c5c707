namespace Engine.Backends.Cuda;

/// <summary>Many tensors for one launch, as <c>kernels/tensor_table.h</c> has it: rows of arrays of one size, each with blocks of its own.</summary>
internal unsafe struct TensorTable
{
    /// <summary>The most rows; with those, the arguments of a kernel just fit into the 4 KB that they may take.</summary>
    public const int Rows = 96;

    private const int Columns = 4;

    private fixed long arrays[Rows * Columns];
    private fixed uint firstBlock[Rows + 1];
    private fixed int sizes[Rows];
    private int rows;

    /// <summary>The blocks of all rows.</summary>
    public readonly int Blocks => (int)firstBlock[rows];

    /// <summary>Adds a row.</summary>
    /// <param name="size">Elements of each of its arrays.</param>
    /// <param name="blocks">How many blocks work on it.</param>
    /// <param name="addresses">Its arrays, at most four.</param>
    public void Add(int size, int blocks, params ReadOnlySpan<nint> addresses)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rows, Rows);
        for (int i = 0; i < addresses.Length; i++)
        {
            arrays[(rows * Columns) + i] = addresses[i];
        }

        sizes[rows] = size;
        firstBlock[rows + 1] = firstBlock[rows] + (uint)blocks;
        rows++;
    }
}
