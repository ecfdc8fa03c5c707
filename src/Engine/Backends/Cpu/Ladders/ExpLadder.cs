using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>eˣ of numbers that lie in the second-level cache.</summary>
internal static unsafe class ExpLadder
{
    public static KernelLadder Create(LadderRequest request) =>
        request.DType == DType.Float32 ? Create<float>(request) : Create<double>(request);

    private static KernelLadder Create<T>(LadderRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int count = LadderNumbers.Size(request, 1 << 17);
        Tensor x = LadderNumbers.Uniform(request, [count]), y = LadderNumbers.Result(request, [count]);
        Backend backend = Backend.Of(x);
        Action engines = () => backend.Unary(UnaryOperation.Exp, x, y);
        return new KernelLadder(
            "Exp",
            $"{count} numbers, {request.DType}",
            0,
            2.0 * count * request.DType.Size(),
            y,
            [
                new("library", "the framework's function, a number at a time", () => OneByOne(x.AsSpan<T>(), y.AsSpan<T>())),
                new("vectors", "eˣ = 2ⁿ·eʳ, eʳ by a polynomial, a register at a time", () => LadderThreads.One(engines)),
                new("all_threads", "the same on every core", engines),
            ])
        {
            // Results below e = 2.72, either within 2 units in the last place of those of [2, 4).
            ErrorBound = 4 * (request.DType == DType.Float32 ? Math.ScaleB(1, -22) : Math.ScaleB(1, -51)),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = T.Exp(x[i]);
        }
    }
}
