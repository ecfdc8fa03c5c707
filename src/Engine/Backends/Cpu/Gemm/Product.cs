namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// One matrix product y = start + a·b, as pointers, sizes and strides. A transposed operand is the same memory with its
/// two strides exchanged, so nothing below this knows of transposes.
/// </summary>
internal unsafe struct Product<T>
    where T : unmanaged
{
    /// <summary>Rows of a and y.</summary>
    public int M;

    /// <summary>Columns of b and y.</summary>
    public int N;

    /// <summary>Columns of a, rows of b: what is summed over.</summary>
    public int K;

    /// <summary>The left operand: element (i, k) lies at <c>A[i·ARow + k·AStep]</c>.</summary>
    public T* A;

    /// <summary>From one row of a to the next.</summary>
    public nint ARow;

    /// <summary>From one column of a to the next.</summary>
    public nint AStep;

    /// <summary>The right operand: element (k, j) lies at <c>B[k·BStep + j·BColumn]</c>.</summary>
    public T* B;

    /// <summary>From one row of b to the next.</summary>
    public nint BStep;

    /// <summary>From one column of b to the next.</summary>
    public nint BColumn;

    /// <summary>What is added: element (i, j) lies at <c>Start[i·StartRow + j]</c>. Null adds nothing; y adds to what is there; a bias has StartRow 0.</summary>
    public T* Start;

    /// <summary>From one row of start to the next.</summary>
    public nint StartRow;

    /// <summary>The result: element (i, j) lies at <c>Y[i·YRow + j]</c>.</summary>
    public T* Y;

    /// <summary>From one row of y to the next.</summary>
    public nint YRow;

    /// <summary>What is applied to every element of y when its sum is complete, if anything.</summary>
    public Activation? Activation;

    /// <summary>Multiply–adds in all.</summary>
    public readonly long Work => (long)M * N * K;

    /// <summary>The part of the product in some rows and some columns of y, both ends exclusive.</summary>
    public readonly Product<T> Block(int firstRow, int endRow, int firstColumn, int endColumn)
    {
        Product<T> part = this;
        part.M = endRow - firstRow;
        part.N = endColumn - firstColumn;
        part.A += firstRow * ARow;
        part.B += firstColumn * BColumn;
        part.Start += Start is null ? 0 : (firstRow * StartRow) + firstColumn;
        part.Y += (firstRow * YRow) + firstColumn;
        return part;
    }
}
