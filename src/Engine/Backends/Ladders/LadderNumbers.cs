using Engine.Tensors;

namespace Engine.Backends.Ladders;

/// <summary>Operands of ladders, and what their results may differ by.</summary>
internal static class LadderNumbers
{
    /// <summary>Numbers of [−1, 1) on the ladder's device.</summary>
    public static Tensor Uniform(LadderRequest request, Shape shape)
    {
        Tensor x = new(shape, request.DType);
        for (int i = 0; i < x.ElementCount; i++)
        {
            x.SetFlat(i, request.Random.NextDouble(-1, 1));
        }

        return x.To(request.Device);
    }

    /// <summary>A result to be.</summary>
    public static Tensor Result(LadderRequest request, Shape shape) => new(shape, request.DType, request.Device);

    /// <summary>A size of the full-scale problem, scaled; odd where it is not the full one.</summary>
    public static int Size(LadderRequest request, int full, double least = 1) =>
        request.Scale >= 1 ? full : (int)Math.Max(least, full * request.Scale) | 1;

    /// <summary>
    /// How far two sums of products of numbers of [−1, 1] may be apart when they were added in different orders: 4·√n
    /// roundings of at most n·ε for either.
    /// </summary>
    public static double SumBound(LadderRequest request, int products) =>
        2 * 4 * Math.Sqrt(products + 1) * products * (request.DType == DType.Float32 ? Math.ScaleB(1, -24) : Math.ScaleB(1, -53));
}
