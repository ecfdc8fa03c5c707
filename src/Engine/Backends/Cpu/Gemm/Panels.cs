using System.Runtime.CompilerServices;

namespace Engine.Backends.Cpu.Gemm;

/// <summary>
/// The right operand in panels: strips of up to 3 vectors' width and full depth, which the micro-kernel reads row by row.
/// </summary>
/// <remarks>
/// A panel is either read where it lies, or has been copied so that its rows follow each other: then the kernel reads
/// one stream, every cache line of it whole, however long the rows of b are. Copying is worth it when enough rows
/// of a come by to use it, and necessary where b is transposed. The last panel is copied whenever it is ragged, with
/// zeros in place of the missing columns, so that the kernel never reads beyond the end of b.
/// </remarks>
internal readonly unsafe struct Panels<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    private readonly T* b;
    private readonly nint step;
    private readonly nint column;
    private readonly T* packed;
    private readonly int depth;
    private readonly int columns;
    private readonly Cut vectors;
    private readonly int firstPacked;

    /// <summary>The panels of a product's right operand.</summary>
    /// <param name="product">The product.</param>
    /// <param name="pack">Whether to copy all panels, or only those that need it.</param>
    public Panels(in Product<T> product, bool pack)
    {
        b = product.B;
        (step, column) = (product.BStep, product.BColumn);
        (depth, columns) = (product.K, product.N);
        vectors = new Cut((columns + TSimd.Lanes - 1) / TSimd.Lanes, TSimd.TileVectors);
        firstPacked = pack || column != 1 ? 0 : Count - (columns % TSimd.Lanes == 0 ? 0 : 1);
        int packedVectors = vectors.Start(Count) - vectors.Start(firstPacked);
        packed = packedVectors == 0 ? null : Scratch.Get<T>(ScratchUse.PackedB, (long)packedVectors * TSimd.Lanes * depth);
    }

    /// <summary>How many panels.</summary>
    public int Count => vectors.Parts;

    /// <summary>The first panel that is to be copied, by <see cref="Pack"/>, before it is used.</summary>
    public int FirstPacked => firstPacked;

    /// <summary>The first column of a panel.</summary>
    public int Start(int panel) => vectors.Start(panel) * TSimd.Lanes;

    /// <summary>The width of a panel in vectors.</summary>
    public int Vectors(int panel) => vectors.Start(panel + 1) - vectors.Start(panel);

    /// <summary>The columns of b in a panel: fewer than its vectors hold in the last one.</summary>
    public int Columns(int panel) => Math.Min(columns, Start(panel + 1)) - Start(panel);

    /// <summary>Where the kernel reads a panel from, and how far apart its rows are.</summary>
    public T* Rows(int panel, out nint rowStep)
    {
        if (panel < firstPacked)
        {
            rowStep = step;
            return b + Start(panel);
        }

        rowStep = Vectors(panel) * TSimd.Lanes;
        return packed + ((nint)(Start(panel) - Start(firstPacked)) * depth);
    }

    /// <summary>Copies a panel to where <see cref="Rows"/> will look for it.</summary>
    public void Pack(int panel)
    {
        T* source = b + (Start(panel) * column);
        T* destination = Rows(panel, out nint width);
        int count = Columns(panel);
        if (column != 1)
        {
            PanelPacking.Transpose(source, step, column, count, depth, destination, (int)width);
        }
        else if (count == (int)width)
        {
            CopyRows(source, destination, Vectors(panel));
        }
        else
        {
            PanelPacking.CopyRagged(source, step, count, depth, destination, (int)width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyRows(T* source, T* destination, int width)
    {
        for (int k = 0; k < depth; k++)
        {
            for (int v = 0; v < width; v++)
            {
                TSimd.Store(TSimd.Load(source + (v * TSimd.Lanes)), destination);
                destination += TSimd.Lanes;
            }

            source += step;
        }
    }
}
