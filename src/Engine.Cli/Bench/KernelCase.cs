using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>An operation of the CPU back end on one problem, to be timed.</summary>
/// <param name="Name">What the command calls it: "product 128x784x512", "exp".</param>
/// <param name="Problem">Sizes in words.</param>
/// <param name="Flops">Floating-point operations of one run, counted by the formula.</param>
/// <param name="Bytes">The least memory traffic of one run: every input read and every output written once.</param>
/// <param name="Prepare">Makes the operands and returns what runs it.</param>
internal sealed record KernelCase(string Name, string Problem, double Flops, double Bytes, Func<Action> Prepare)
{
    // What does less than so many operations per byte waits for memory and is counted in bytes.
    private const double OperationsPerByte = 2;

    /// <summary>True where arithmetic is what counts.</summary>
    public bool CountsOperations => Flops > OperationsPerByte * Bytes;

    /// <summary>Operations or bytes per second, in 10⁹.</summary>
    public double Rate(TimeSpan time) => (CountsOperations ? Flops : Bytes) / time.TotalSeconds / 1e9;

    /// <summary>Which part of the ceiling a time is: the most operations, or the fastest copy.</summary>
    public double Share(TimeSpan time, Ceilings ceilings) =>
        Rate(time) * 1e9 / (CountsOperations ? ceilings.Operations!.Value : ceilings.CopiedBytes!.Value);

    /// <summary>A tensor of random numbers of [−1, 1).</summary>
    public static Tensor Uniform(Philox random, DType dtype, params ReadOnlySpan<int> sizes)
    {
        Tensor x = new(new Shape(sizes), dtype);
        for (int i = 0; i < x.ElementCount; i++)
        {
            x.SetFlat(i, random.NextDouble(-1, 1));
        }

        return x;
    }
}
