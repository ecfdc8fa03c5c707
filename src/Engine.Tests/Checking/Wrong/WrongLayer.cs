using Engine.Layers;

namespace Engine.Tests.Checking.Wrong;

/// <summary>The right layer on the way forward; on the way back, whatever it is given.</summary>
internal sealed class WrongLayer<TLayer>(TLayer right, Func<TLayer, Tensor, Pass, Tensor> backward) : Layer, IPiecewise
    where TLayer : Layer
{
    public override IReadOnlyList<Parameter> Parameters => right.Parameters;

    public override IReadOnlyList<Layer> Children => right.Children;

    public override Shape OutputShape(Shape input) => right.OutputShape(input);

    public override Tensor Forward(Tensor x, Pass pass) => right.Forward(x, pass);

    public override Tensor Backward(Tensor g, Pass pass) => backward(right, g, pass);

    public IEnumerable<int> Pieces(Tensor x) => right is IPiecewise piecewise ? piecewise.Pieces(x) : [];
}
