using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongBatchNormalization
{
    private delegate double InputFormula(in Channel c, double g, double normalized);

    private delegate double ParameterFormula(in Channel c);

    public static IEnumerable<Mistake> All =>
    [
        Wrong("μ and σ² taken for constants", dx: (in c, g, _) => c.Gamma * c.Scale * g),
        Wrong("∂x without its variance term", dx: (in c, g, _) => c.Gamma * c.Scale * (g - c.MeanG)),
        Wrong("∂x without its mean term", dx: (in c, g, h) => c.Gamma * c.Scale * (g - (h * c.MeanGH))),
        Wrong("variance term divided by m − 1", dx: (in c, g, h) => c.Gamma * c.Scale * (g - c.MeanG - (h * c.MeanGH * c.M / (c.M - 1)))),
        Wrong("γ forgotten in ∂x", dx: (in c, g, h) => c.Scale * (g - c.MeanG - (h * c.MeanGH))),
        Wrong("1/σ² in place of 1/σ in ∂x", dx: (in c, g, h) => c.Gamma * c.Scale * c.Scale * (g - c.MeanG - (h * c.MeanGH))),
        Wrong("ε forgotten on the way back", forgetsEpsilon: true),
        Wrong("∂γ without x̂", dgamma: (in c) => c.M * c.MeanG),
        Wrong("∂γ = Σg·Σx̂/m, which is zero", dgamma: (in c) => c.MeanG * c.Normalized.Sum()),
        Wrong("∂β averaged over the batch", dbeta: (in c) => c.MeanG),
        Wrong("inference goes back as training does", confusesModes: true),
    ];

    private static Mistake Wrong(
        string what,
        InputFormula? dx = null,
        ParameterFormula? dgamma = null,
        ParameterFormula? dbeta = null,
        bool forgetsEpsilon = false,
        bool confusesModes = false) => Mistake.In<BatchNormalization>(what, (layer, g, pass) =>
    {
        bool training = pass.Mode == Mode.Training;
        Tensor variance = training ? pass.Restore() : layer.RunningVariance.Value, mean = training ? pass.Restore() : layer.RunningMean.Value;
        Tensor x = pass.Restore(), gradient = Tensor.Like(x);
        Tensor ofGamma = Tensor.Zeros([layer.Channels], g.DType), ofBeta = Tensor.Zeros([layer.Channels], g.DType);
        for (int channel = 0; channel < layer.Channels; channel++)
        {
            int[] at = [.. Enumerable.Range(0, x.ElementCount).Where(i => i / x.Shape.Stride(1) % layer.Channels == channel)];
            double scale = 1 / Math.Sqrt(variance.GetFlat(channel) + (forgetsEpsilon ? 0 : layer.Epsilon));
            Channel c = new(
                layer.Gamma.Value.GetFlat(channel),
                scale,
                [.. at.Select(i => g.GetFlat(i))],
                [.. at.Select(i => (x.GetFlat(i) - mean.GetFlat(channel)) * scale)]);
            ofGamma.SetFlat(channel, dgamma is null ? c.M * c.MeanGH : dgamma(c));
            ofBeta.SetFlat(channel, dbeta is null ? c.M * c.MeanG : dbeta(c));
            for (int i = 0; i < at.Length; i++)
            {
                double right = training || confusesModes ? c.G[i] - c.MeanG - (c.Normalized[i] * c.MeanGH) : c.G[i];
                gradient.SetFlat(at[i], dx is null || !training ? c.Gamma * c.Scale * right : dx(c, c.G[i], c.Normalized[i]));
            }
        }

        layer.Gamma.Accumulate(ofGamma);
        layer.Beta.Accumulate(ofBeta);
        return gradient;
    });

    // Everything about one channel: γ, 1/√(σ² + ε), g and x̂.
    private readonly record struct Channel(double Gamma, double Scale, double[] G, double[] Normalized)
    {
        public int M => G.Length;

        public double MeanG => G.Average();

        public double MeanGH => G.Zip(Normalized, (g, h) => g * h).Average();
    }
}
