using Engine.Checking;
using Engine.Layers;
using Engine.Losses;

namespace Engine.Tests.Checking.Wrong;

/// <summary>One mistake that a derivative could have, planted into an otherwise right layer or loss.</summary>
/// <param name="Subject">The type it is planted into.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Plant">Turns a case of the right layer into one of the wrong layer, everything else the same.</param>
internal sealed record Mistake(Type Subject, string What, Func<GradientCase, GradientCase> Plant)
{
    public override string ToString() => $"{Subject.Name}: {What}";

    /// <summary>A layer with the right forward pass and a wrong way back.</summary>
    public static Mistake In<TLayer>(string what, Func<TLayer, Tensor, Pass, Tensor> backward)
        where TLayer : Layer => Of<TLayer>(what, right => new WrongLayer<TLayer>(right, backward));

    /// <summary>A wrong layer made from the right one.</summary>
    public static Mistake Of<TLayer>(string what, Func<TLayer, Layer> wrong)
        where TLayer : Layer => new(typeof(TLayer), what, subject =>
        {
            LayerCase right = (LayerCase)subject;
            return right.With(wrong((TLayer)right.Layer));
        });

    /// <summary>A loss with the right forward pass and a wrong derivative.</summary>
    public static Mistake InLoss<TLoss>(string what, Func<Pass, Tensor> backward)
        where TLoss : Loss => new(typeof(TLoss), what, subject =>
        {
            LossCase right = (LossCase)subject;
            return right.With(new WrongLoss(right.Loss, backward));
        });
}
