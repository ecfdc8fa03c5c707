using Engine.Layers;
using Engine.Networks;

namespace Engine.Tests.Checking.Wrong;

internal static class WrongResidual
{
    private delegate Tensor WayBack(Layer body, Layer? shortcut, Tensor g, Pass pass);

    public static IEnumerable<Mistake> All =>
    [
        Wrong("the shortcut's gradient forgotten", (body, shortcut, g, pass) =>
        {
            if (shortcut is not null)
            {
                pass.Backward(shortcut, g);
            }

            return pass.Backward(body, g);
        }),
        Wrong("the body's gradient forgotten", (body, shortcut, g, pass) =>
        {
            Tensor throughShortcut = shortcut is null ? g : pass.Backward(shortcut, g);
            pass.Backward(body, g);
            return throughShortcut;
        }),
        Wrong("the body goes back on what the shortcut returned", (body, shortcut, g, pass) =>
        {
            Tensor throughShortcut = shortcut is null ? g * 2 : pass.Backward(shortcut, g);
            return throughShortcut.Shape == g.Shape ? pass.Backward(body, throughShortcut) : throughShortcut + pass.Backward(body, g * 2);
        }),
        Wrong("both paths averaged", (body, shortcut, g, pass) =>
        {
            Tensor throughShortcut = shortcut is null ? g : pass.Backward(shortcut, g);
            return (throughShortcut + pass.Backward(body, g)) / 2;
        }),
    ];

    private static Mistake Wrong(string what, WayBack back) => Mistake.In<Residual>(what, (residual, g, pass) =>
        back(residual.Children[0], residual.Children.Count > 1 ? residual.Children[1] : null, g, pass));
}
