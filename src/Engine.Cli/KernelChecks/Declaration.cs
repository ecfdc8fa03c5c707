namespace Engine.Cli.KernelChecks;

/// <summary>An array of a declaration.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Length">How many elements.</param>
/// <param name="Low">The least element that is drawn; null for the usual.</param>
/// <param name="High">The largest.</param>
internal sealed record DeclaredArray(string Name, Expression Length, Expression? Low, Expression? High);

/// <summary>How exactly a result has to be that of the reference.</summary>
/// <param name="Amount">How much it may differ.</param>
/// <param name="InUlp">True: in units of the expected number's last place. False: relative to the expected number, or to 1 where that is smaller.</param>
internal sealed record Tolerance(double Amount, bool InUlp)
{
    /// <summary>Unless a declaration says otherwise.</summary>
    public static Tolerance Usual { get; } = new(4, InUlp: true);

    /// <summary>"4 ulp", "1e-05 of the number".</summary>
    public override string ToString() => InUlp ? $"{Amount:G3} ulp" : $"{Amount:g3} of the number";

    /// <summary>True where a number is near enough.</summary>
    public bool Accepts(ElementType type, double got, double expected) =>
        got.Equals(expected)
        || got == expected
        || (type.Kind == NumberKind.Floating
            && Math.Abs(got - expected) <= (InUlp ? Amount * type.Ulp(expected) : Amount * Math.Max(1, Math.Abs(expected))));
}

/// <summary>How a kernel is to be launched and judged, as the comment above it says.</summary>
/// <param name="Kernel">The kernel's name, with or without the suffix of its type.</param>
/// <param name="Line">The line of the comment.</param>
/// <param name="Values">What each name stands for, in turn.</param>
/// <param name="Arrays">The arrays.</param>
/// <param name="Grid">Blocks along x, y, z.</param>
/// <param name="Block">Threads of a block along x, y, z.</param>
/// <param name="Shared">Bytes of dynamic shared memory.</param>
/// <param name="Tolerance">How exact results have to be.</param>
internal sealed record Declaration(
    string Kernel,
    int Line,
    IReadOnlyDictionary<string, IReadOnlyList<double>> Values,
    IReadOnlyDictionary<string, DeclaredArray> Arrays,
    IReadOnlyList<Expression> Grid,
    IReadOnlyList<Expression> Block,
    Expression? Shared,
    Tolerance Tolerance);
