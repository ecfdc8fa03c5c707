using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Convolution;
using Engine.Backends.Cpu.Gemm;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>
/// The transformed weights, one matrix of C×K for each point, in panels of up to 3 vectors of output channels; and the
/// products with them.
/// </summary>
internal readonly unsafe struct PointMatrices<T, TVector, TSimd>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TSimd : ISimd<T, TVector>
{
    // Three quarters of a 48 KB first-level cache for a panel; the rest is for the rows that pass over it.
    private const int PanelBytes = 36 * 1024;

    private readonly T* u;
    private readonly int inputs;
    private readonly int outputs;
    private readonly Cut vectors;

    /// <summary>Matrices at a place, between so many input and output channels.</summary>
    /// <param name="u">The place.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="apart">
    /// Whether to leave a line of the cache between them, lest all matrices compete for the same places of it while they are
    /// written side by side: that takes two thirds longer.
    /// </param>
    public PointMatrices(T* u, int inputs, int outputs, bool apart = false)
    {
        this.u = u;
        (this.inputs, this.outputs) = (inputs, outputs);
        vectors = new Cut(Width(outputs) / TSimd.Lanes, TSimd.TileVectors);
        Point = ((nint)inputs * Width(outputs)) + (apart ? Gap : 0);
    }

    /// <summary>Numbers between matrices that lie apart.</summary>
    public static int Gap => 64 / sizeof(T);

    /// <summary>How many panels.</summary>
    public int Panels => vectors.Parts;

    /// <summary>From the matrix of one point to that of the next.</summary>
    public nint Point { get; }

    /// <summary>So many channels, in whole vectors.</summary>
    public static int Width(int channels) => (channels + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes;

    /// <summary>The first output channel of a panel; of that after the last, the number of output channels.</summary>
    public int Start(int panel) => Math.Min(outputs, vectors.Start(panel) * TSimd.Lanes);

    /// <summary>The vectors of a row of a panel.</summary>
    public int Vectors(int panel) => vectors.Start(panel + 1) - vectors.Start(panel);

    /// <summary>Where a panel of the first point begins.</summary>
    public T* this[int panel] => u + ((nint)vectors.Start(panel) * TSimd.Lanes * inputs);

    /// <summary>Transforms the weights of some input channels of one panel.</summary>
    public void Fill<TMethod>(in WeightsView<T> w, int panel, int firstInput, int endInput)
        where TMethod : IWinograd
    {
        int first = Start(panel), count = Vectors(panel);
        WeightTransform<T, TVector, TSimd, TMethod>.Run(
            w, firstInput, endInput - firstInput, first, Start(panel + 1) - first, count,
            this[panel] + ((nint)firstInput * count * TSimd.Lanes), Point);
    }

    /// <summary>S = V·U, or S += V·U, for some panels at every point.</summary>
    /// <param name="points">How many points.</param>
    /// <param name="firstPanel">The first panel.</param>
    /// <param name="endPanel">The panel to stop before.</param>
    /// <param name="rows">Rows of V and S.</param>
    /// <param name="v">Element (t, c) at point p lies at <c>v[p·vPoint + t·vRow + c]</c>.</param>
    /// <param name="vPoint">From one point's matrix to the next.</param>
    /// <param name="vRow">From one row of V to the next.</param>
    /// <param name="s">Element (t, k) at point p goes to <c>s[p·sPoint + t·sRow + k]</c>, k counted from the first panel's start.</param>
    /// <param name="sPoint">From one point's matrix to the next.</param>
    /// <param name="sRow">From one row of S to the next.</param>
    /// <param name="add">Whether to add to what S holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(int points, int firstPanel, int endPanel, int rows, T* v, nint vPoint, nint vRow, T* s, nint sPoint, nint sRow, bool add = false)
    {
        int origin = vectors.Start(firstPanel);
        Cut depths = new(inputs, PanelBytes / (TSimd.TileVectors * TSimd.Lanes * sizeof(T))), heights = new(rows, TSimd.TileRows);
        for (int point = 0; point < points; point++)
        {
            for (int block = 0; block < depths.Parts; block++)
            {
                int first = depths.Start(block), depth = depths.Start(block + 1) - first;
                for (int panel = firstPanel; panel < endPanel; panel++)
                {
                    int count = Vectors(panel);
                    nint width = count * TSimd.Lanes;
                    T* weights = this[panel] + (point * Point) + (first * width);
                    T* coming = panel + 1 < endPanel
                        ? this[panel + 1] + (point * Point) + (first * Vectors(panel + 1) * TSimd.Lanes)
                        : this[firstPanel] + (block + 1 < depths.Parts
                            ? (point * Point) + (depths.Start(block + 1) * Vectors(firstPanel) * TSimd.Lanes)
                            : (point + 1) * Point);
                    T* result = s + ((vectors.Start(panel) - origin) * TSimd.Lanes);
                    for (int tile = 0; tile < heights.Parts; tile++)
                    {
                        // The first tiles ask for the panel that comes next, each for a line per row.
                        int row = heights.Start(tile), height = heights.Start(tile + 1) - row;
                        T* y = result + (row * sRow), from = v + (row * vRow) + first, start = block == 0 && !add ? null : y;
                        if (tile < count)
                        {
                            ForeseeingRows<T> b = new(weights, width, coming + (tile * depth * (width / count)));
                            MicroKernel<T, TVector, TSimd>.Run(height, count, depth, from, vRow, 1, b, start, sRow, y, sRow);
                        }
                        else
                        {
                            StridedRows<T> b = new(weights, width);
                            MicroKernel<T, TVector, TSimd>.Run(height, count, depth, from, vRow, 1, b, start, sRow, y, sRow);
                        }
                    }
                }
            }

            v += vPoint;
            s += sPoint;
        }
    }
}
