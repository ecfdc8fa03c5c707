using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongLosses
{
    public static IEnumerable<Mistake> All =>
    [
        .. SquaredError,
        .. CategoricalCrossEntropies,
        .. SparseCrossEntropies,
        .. BinaryCrossEntropies,
    ];

    private static IEnumerable<Mistake> SquaredError =>
    [
        Mistake.InLoss<MeanSquaredError>("the mean's 1/n forgotten", pass => pass.Restore() * 2),
        Mistake.InLoss<MeanSquaredError>("the factor 2 forgotten", pass => Divided(pass.Restore(), d => d.ElementCount)),
        Mistake.InLoss<MeanSquaredError>("divided by the samples, not the elements", pass => Divided(pass.Restore() * 2, d => d.Shape[0])),
        Mistake.InLoss<MeanSquaredError>("the sign turned: target − prediction", pass => Divided(pass.Restore() * -2, d => d.ElementCount)),
    ];

    private static IEnumerable<Mistake> CategoricalCrossEntropies =>
    [
        Categorical("the sign turned: t − p", (t, p) => Divided(t - p, d => d.Shape[0])),
        Categorical("the mean's 1/N forgotten", (t, p) => (p * t.Sum(-1, keepAxis: true)) - t),
        Categorical("p − t, though the rows of t do not sum to 1", (t, p) => Divided(p - t, d => d.Shape[0])),
        Categorical("divided by the elements, not the samples", (t, p) => Divided((p * t.Sum(-1, keepAxis: true)) - t, d => d.ElementCount)),
        Categorical("by the probabilities, not the logits: −t/p", (t, p) => Divided(t / p * -1, d => d.Shape[0])),
    ];

    private static IEnumerable<Mistake> SparseCrossEntropies =>
    [
        Sparse("every row takes the first sample's label", (labels, n) => (int)labels.GetFlat(0)),
        Sparse("labels counted from 1", (labels, n) => Math.Max(0, (int)labels.GetFlat(n) - 1)),
    ];

    private static IEnumerable<Mistake> BinaryCrossEntropies =>
    [
        Binary("by the probability, not the logit", (t, p) => Divided((p - t) / (p * (1 - p)), d => d.ElementCount)),
        Binary("divided by the samples, not the elements", (t, p) => Divided(p - t, d => d.Shape[0])),
        Binary("the derivative of a squared error: (p − t)·p·(1 − p)", (t, p) => Divided((p - t) * p * (1 - p), d => d.ElementCount)),
    ];

    private static Tensor Divided(Tensor x, Func<Tensor, int> by) => x / by(x);

    private static Mistake Categorical(string what, Func<Tensor, Tensor, Tensor> dx) =>
        Mistake.InLoss<CategoricalCrossEntropy>(what, pass => FromTargetAndProbabilities(pass, dx));

    private static Mistake Binary(string what, Func<Tensor, Tensor, Tensor> dx) =>
        Mistake.InLoss<BinaryCrossEntropy>(what, pass => FromTargetAndProbabilities(pass, dx));

    private static Tensor FromTargetAndProbabilities(Pass pass, Func<Tensor, Tensor, Tensor> dx)
    {
        Tensor target = pass.Restore(), probabilities = pass.Restore();
        return dx(target, probabilities);
    }

    private static Mistake Sparse(string what, Func<Tensor, int, int> label) => Mistake.InLoss<SparseCategoricalCrossEntropy>(what, pass =>
    {
        Tensor labels = pass.Restore(), dx = pass.Restore().Clone();
        int classes = dx.Shape[1];
        for (int n = 0; n < dx.Shape[0]; n++)
        {
            int at = (n * classes) + label(labels, n);
            dx.SetFlat(at, dx.GetFlat(at) - 1);
        }

        return Divided(dx, d => d.Shape[0]);
    });
}
