using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>What batch normalization is given for training.</summary>
    public static void BatchNormalization(
        Tensor x, Tensor gamma, Tensor beta, Tensor y, Tensor mean, Tensor variance, [CallerMemberName] string operation = "")
    {
        Channels(x.Shape);
        Alike(x, y, operation);
        PerChannel(x, gamma, beta, operation);
        PerChannel(x, mean, variance, operation);
        Float32(x, operation);
    }

    /// <summary>What the way back through batch normalization is given.</summary>
    public static void BatchNormalizationBackward(
        Tensor x,
        Tensor g,
        Tensor gamma,
        Tensor mean,
        Tensor variance,
        Tensor dx,
        Tensor? dgamma,
        Tensor? dbeta,
        Activation? activation,
        Tensor? y,
        string operation)
    {
        Channels(x.Shape);
        Alike(x, g, operation);
        Alike(x, dx, operation);
        PerChannel(x, gamma, gamma, operation);
        PerChannel(x, mean, variance, operation);
        PerChannel(x, dgamma ?? gamma, dbeta ?? gamma, operation);
        Float32(x, operation);
        if (activation is { } f)
        {
            Alike(x, y ?? throw new ArgumentNullException(nameof(y), $"{operation}: the way back through {f} needs what it gave."), operation);
        }
    }

    private static void PerChannel(
        Tensor x,
        Tensor first,
        Tensor second,
        string operation,
        [CallerArgumentExpression(nameof(first))] string firstName = "",
        [CallerArgumentExpression(nameof(second))] string secondName = "")
    {
        IsA(x.DType, [x.Shape[1]], first, x, operation, firstName);
        IsA(x.DType, [x.Shape[1]], second, x, operation, secondName);
    }
}
