using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongDense
{
    private delegate Tensor Formula(Dense dense, Tensor x, Tensor g);

    public static IEnumerable<Mistake> All =>
    [
        Wrong("∂x = g·W, not g·Wᵀ", dx: (dense, _, g) => Tensor.MatMul(g, dense.Weight.Value.Reshape([dense.Outputs, dense.Inputs]))),
        Wrong("∂W = gᵀ·x, the transpose", dw: (dense, x, g) => Tensor.MatMul(g, x, transposeA: true).Reshape([dense.Inputs, dense.Outputs])),
        Wrong("∂W averaged over the batch", dw: (_, x, g) => Tensor.MatMul(x, g, transposeA: true) / x.Shape[0]),
        Wrong("∂b of the first sample only", db: (dense, _, g) => g.Slice(0, 0, 1).Reshape([dense.Outputs])),
        Wrong("∂b averaged over the batch", db: (_, _, g) => g.Mean(0)),
        Wrong("∂W misses the last sample", dw: (_, x, g) => Tensor.MatMul(
            x.Slice(0, 0, x.Shape[0] - 1), g.Slice(0, 0, x.Shape[0] - 1), transposeA: true)),
    ];

    private static Mistake Wrong(string what, Formula? dx = null, Formula? dw = null, Formula? db = null)
    {
        dx ??= (dense, _, g) => Tensor.MatMul(g, dense.Weight.Value, transposeB: true);
        dw ??= (_, x, g) => Tensor.MatMul(x, g, transposeA: true);
        db ??= (_, _, g) => g.Sum(0);
        return Mistake.In<Dense>(what, (dense, g, pass) =>
        {
            Tensor x = pass.Restore();
            dense.Weight.Accumulate(dw(dense, x, g));
            dense.Bias?.Accumulate(db(dense, x, g));
            return dx(dense, x, g);
        });
    }
}
