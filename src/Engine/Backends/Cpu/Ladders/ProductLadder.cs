using System.Numerics;
using Engine.Backends.Ladders;
using Engine.Tensors;

namespace Engine.Backends.Cpu.Ladders;

/// <summary>The matrix product y = a·b, from three loops to the peak.</summary>
internal static unsafe class ProductLadder
{
    public static KernelLadder Create(LadderRequest request) =>
        request.DType == DType.Float32 ? Create<float>(request) : Create<double>(request);

    private static KernelLadder Create<T>(LadderRequest request)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int side = LadderNumbers.Size(request, 768);
        Tensor a = LadderNumbers.Uniform(request, [side, side]), b = LadderNumbers.Uniform(request, [side, side]);
        Tensor y = LadderNumbers.Result(request, [side, side]);
        Backend backend = Backend.Of(a, b);
        Action engines = () => backend.MatMul(a, b, y);
        return new KernelLadder(
            "GEMM",
            $"{side}×{side}×{side}, {request.DType}",
            2.0 * side * side * side,
            3.0 * side * side * request.DType.Size(),
            y,
            [
                new("three_loops", "the formula: b is read down its columns, a cache line for every number", () => Run(new ThreeLoops<T>())),
                new("row_by_row", "two loops exchanged: b and y are read along their rows", () => Run(new RowByRow<T>())),
                new("row_by_row_in_vectors", "a register of numbers per instruction", () => Run(new RowByRowInVectors<T>())),
                new("tile_in_registers", "4×2 registers of y stay while k runs: 6 loads for 8 multiply–adds, no stores", () => Run(new TileInRegisters<T>())),
                new("MatrixProduct", "the largest tile that fits the registers; b copied into panels, and k cut, so that they stay in the cache", () => LadderThreads.One(engines)),
                new("all_threads", "the same on every core", engines),
            ])
        {
            ErrorBound = LadderNumbers.SumBound(request, side),
        };

        void Run(IProduct<T> method)
        {
            fixed (T* pa = a.AsSpan<T>(), pb = b.AsSpan<T>(), py = y.AsSpan<T>())
            {
                method.Run(side, side, side, pa, pb, py);
            }
        }
    }
}
