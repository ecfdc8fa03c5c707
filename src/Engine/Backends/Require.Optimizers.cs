using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>Parameters of one type, each with a gradient like it, and a velocity like it where there is momentum.</summary>
    public static void Sgd(ReadOnlySpan<SgdItem> items, double momentum, Tensor? guard, [CallerMemberName] string operation = "")
    {
        foreach (SgdItem item in items)
        {
            Tensor theta = item.Theta, gradient = item.Gradient;
            Alike(theta, gradient, operation);
            SameType(items[0].Theta, theta, operation);
            if (momentum != 0)
            {
                Tensor velocity = item.Velocity
                    ?? throw new ArgumentNullException(nameof(items), $"Momentum {momentum} needs a velocity like theta, {theta.DType} {theta.Shape}.");
                Alike(theta, velocity, operation);
            }
        }

        Guard(guard, operation);
    }

    /// <summary>Parameters of one type, each with a gradient and two moments like it, and a step that counts from 1.</summary>
    public static void Adam(ReadOnlySpan<AdamItem> items, long step, Tensor? guard, [CallerMemberName] string operation = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        foreach (AdamItem item in items)
        {
            Tensor theta = item.Theta, gradient = item.Gradient, m = item.M, v = item.V;
            Alike(theta, gradient, operation);
            Alike(theta, m, operation);
            Alike(theta, v, operation);
            SameType(items[0].Theta, theta, operation);
        }

        Guard(guard, operation);
    }

    private static void SameType(Tensor first, Tensor theta, string operation)
    {
        if (theta.DType != first.DType)
        {
            throw new ShapeException(
                $"{operation} moves parameters of one type at a time, given {first.DType} {first.Shape} and {theta.DType} {theta.Shape}.");
        }
    }

    private static void Guard(Tensor? guard, string operation)
    {
        if (guard is not null)
        {
            Counter(guard, operation);
        }
    }
}
