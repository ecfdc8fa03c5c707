namespace Engine.Tensors;

/// <summary>The type of a tensor's elements.</summary>
public enum DType
{
    /// <summary>IEEE 754 binary32, what networks are trained in. Unit roundoff 2⁻²⁴.</summary>
    Float32,

    /// <summary>IEEE 754 binary64, what gradients are checked in. Unit roundoff 2⁻⁵³.</summary>
    Float64,

    /// <summary>Two's complement, 32 bits: class labels and positions.</summary>
    Int32,
}

/// <summary>Facts about each <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>The size of one element, in bytes.</summary>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.Float32 or DType.Int32 => 4,
        DType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Not a DType."),
    };

    /// <summary>True for <see cref="DType.Float32"/> and <see cref="DType.Float64"/>, the types that have gradients.</summary>
    public static bool IsFloat(this DType dtype) => dtype is DType.Float32 or DType.Float64;

    /// <summary>The <see cref="DType"/> whose elements are of the C# type <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is not float, double or int.</exception>
    public static DType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            return DType.Float32;
        }

        if (typeof(T) == typeof(double))
        {
            return DType.Float64;
        }

        if (typeof(T) == typeof(int))
        {
            return DType.Int32;
        }

        throw new ArgumentException($"Tensors hold float, double or int, not {typeof(T).Name}.");
    }
}
