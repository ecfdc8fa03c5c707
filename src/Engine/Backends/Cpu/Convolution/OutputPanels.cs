using Engine.Backends.Cpu.Gemm;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>
/// The output channels of a group cut into panels as wide as the kernel's tile, and how their weights lie when they have been
/// prepared: panel after panel, in each a row for every tap of every input channel, in each row the panel's channels.
/// </summary>
/// <remarks>
/// That is the order in which the kernel reads them, once for some hundred places. With few places, as the last layers of
/// a network have them, bringing weights into it takes as long as multiplying; and a processor fetches ahead what is read on
/// end, but not what lies all over a matrix.
/// </remarks>
internal readonly struct OutputPanels
{
    private readonly Cut panels;
    private readonly int lanes;

    /// <summary>Cuts so many output channels into panels of at most so many vectors of so many lanes.</summary>
    public OutputPanels(int outputs, int lanes, int mostVectors)
    {
        this.lanes = lanes;
        Width = Rounded(outputs, lanes);
        panels = new Cut(Width / lanes, mostVectors);
    }

    /// <summary>How many panels.</summary>
    public int Parts => panels.Parts;

    /// <summary>Lanes of all panels together: the output channels, rounded up.</summary>
    public int Width { get; }

    /// <summary>The first output channel of a panel.</summary>
    public int Start(int panel) => panels.Start(panel) * lanes;

    /// <summary>Vectors of a panel.</summary>
    public int Vectors(int panel) => panels.Start(panel + 1) - panels.Start(panel);

    /// <summary>So many channels, rounded up to whole vectors.</summary>
    public static int Rounded(int outputs, int lanes) => (outputs + lanes - 1) / lanes * lanes;
}
