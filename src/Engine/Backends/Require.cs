using System.Runtime.CompilerServices;
using Engine.Tensors;

namespace Engine.Backends;

/// <summary>What operations ask of their arguments, once per call and before anything is written.</summary>
internal static partial class Require
{
    /// <summary>Two tensors of the same shape and type.</summary>
    public static void Alike(
        Tensor expected,
        Tensor actual,
        [CallerMemberName] string operation = "",
        [CallerArgumentExpression(nameof(expected))] string expectedName = "",
        [CallerArgumentExpression(nameof(actual))] string actualName = "")
    {
        if (actual.Shape != expected.Shape || actual.DType != expected.DType)
        {
            throw new ShapeException(
                $"{operation}: {actualName} is {actual.DType} {actual.Shape}, expected {expected.DType} {expected.Shape} like {expectedName}.");
        }
    }

    /// <summary>A tensor of a shape and type that follow from another tensor.</summary>
    public static void IsA(
        DType dtype,
        Shape shape,
        Tensor actual,
        Tensor source,
        [CallerMemberName] string operation = "",
        [CallerArgumentExpression(nameof(actual))] string actualName = "",
        [CallerArgumentExpression(nameof(source))] string sourceName = "")
    {
        if (actual.Shape != shape || actual.DType != dtype)
        {
            throw new ShapeException(
                $"{operation}: {actualName} is {actual.DType} {actual.Shape}, expected {dtype} {shape} for {sourceName} of {source.DType} {source.Shape}.");
        }
    }

    /// <summary>What an activation gave, if there is one to go back through: like the gradient that does.</summary>
    public static void CameOf(Activation? activation, Tensor? x, Tensor dx, [CallerMemberName] string operation = "")
    {
        if (activation is { } f)
        {
            Alike(dx, x ?? throw new ArgumentNullException(nameof(x), $"{operation}: the way back through {f} needs what it gave."), operation);
        }
    }

    /// <summary>True for Float32, false for Float64: which of the two instances of a kernel to run.</summary>
    /// <exception cref="ShapeException">The tensor holds neither.</exception>
    public static bool Float32(Tensor x, [CallerMemberName] string operation = "") => x.DType switch
    {
        DType.Float32 => true,
        DType.Float64 => false,
        _ => throw new ShapeException($"{operation} computes on Float32 or Float64, given {x.DType} {x.Shape}. Convert it with To(DType.Float32)."),
    };
}
