using Engine.Layers;
using Engine.Losses;
using Engine.Networks;

namespace Engine.Tests.Checking.Wrong;

/// <summary>Nearly right: what a tolerance chosen by eye lets through.</summary>
internal static class WrongByLittle
{
    public static IEnumerable<Mistake> All =>
    [
        Mistake.In<Logistic>("∂x too large by 0.5 %", (layer, g, pass) => layer.Backward(g, pass) * 1.005),
        Mistake.In<Tanh>("∂x too large by a millionth", (layer, g, pass) => layer.Backward(g, pass) * (1 + 1e-6)),
        Mistake.In<Softmax>("∂x too small by a millionth", (layer, g, pass) => layer.Backward(g, pass) * (1 - 1e-6)),
        Mistake.In<Conv2D>("∂x too large by a millionth", (layer, g, pass) => layer.Backward(g, pass) * (1 + 1e-6)),
        Mistake.In<Dense>("the last element of ∂W left at zero", (layer, g, pass) =>
        {
            Tensor dx = layer.Backward(g, pass);
            layer.Weight.Gradient.SetFlat(layer.Weight.Gradient.ElementCount - 1, 0);
            return dx;
        }),
        Mistake.In<MaxPooling2D>("the last element of ∂x is NaN", (layer, g, pass) =>
        {
            Tensor dx = layer.Backward(g, pass);
            dx.SetFlat(dx.ElementCount - 1, double.NaN);
            return dx;
        }),
        Mistake.In<AveragePooling2D>("rounded to Float32 on the way", (layer, g, pass) => layer.Backward(g, pass).To(DType.Float32).To(DType.Float64)),
        Mistake.In<Residual>("∂x too large by a millionth", (layer, g, pass) => layer.Backward(g, pass) * (1 + 1e-6)),
        Mistake.In<Network>("∂x too large by a millionth", (layer, g, pass) => layer.Backward(g, pass) * (1 + 1e-6)),
        Mistake.In<BatchNormalization>("∂x with a constant of 10⁻⁶ added", (layer, g, pass) => layer.Backward(g, pass) + 1e-6),
        new Mistake(typeof(MeanSquaredError), "∂ŷ too large by a millionth", subject =>
        {
            Engine.Checking.LossCase right = (Engine.Checking.LossCase)subject;
            return right.With(new WrongLoss(right.Loss, pass => right.Loss.Backward(pass) * (1 + 1e-6)));
        }),
    ];
}
