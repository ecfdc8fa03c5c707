using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

internal static partial class Require
{
    /// <summary>A whole number in a tensor.</summary>
    public static void Counter(
        Tensor counter, [CallerMemberName] string operation = "", [CallerArgumentExpression(nameof(counter))] string name = "")
    {
        if (counter.DType != DType.Int32 || counter.Shape.Rank != 0)
        {
            throw new ShapeException($"{operation}: {name} is {counter.DType} {counter.Shape}, expected one whole number, Int32 [].");
        }
    }
}
