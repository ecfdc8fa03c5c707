using System.Runtime.CompilerServices;

namespace Engine.Tensors;

/// <summary>
/// The dimensions of a tensor, outermost first: <c>[64, 3, 32, 32]</c> is 64 images of 3 channels, 32 rows and 32 columns.
/// </summary>
/// <remarks>
/// A value without allocations: at most <see cref="MaxRank"/> dimensions, each at least 1, at most 2³¹ − 1 elements in
/// all. The empty shape <c>[]</c> is that of a scalar, one element.
/// </remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>The most dimensions a tensor can have.</summary>
    public const int MaxRank = 6;

    private readonly Dimensions dimensions;

    /// <summary>A shape of the given dimensions.</summary>
    /// <exception cref="ArgumentException">A dimension is below 1, or there are too many of them.</exception>
    /// <exception cref="ShapeException">There are too many elements.</exception>
    public Shape(params ReadOnlySpan<int> dimensions)
    {
        if (dimensions.Length > MaxRank)
        {
            throw new ArgumentException(
                $"A shape has at most {MaxRank} dimensions, given {dimensions.Length}: [{Join(dimensions)}].");
        }

        long count = 1;
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            if (dimensions[axis] < 1)
            {
                throw new ArgumentException(
                    $"Every dimension of a shape is at least 1, given [{Join(dimensions)}] with {dimensions[axis]} at axis {axis}.");
            }

            count *= dimensions[axis];
            if (count > int.MaxValue)
            {
                throw new ShapeException(
                    $"A tensor has at most {int.MaxValue} elements, [{Join(dimensions)}] would have more. Use a smaller batch or smaller samples.");
            }

            this.dimensions[axis] = dimensions[axis];
        }

        Rank = dimensions.Length;
        elementsMinusOne = (int)count - 1;
    }

    // Stored one lower, so that default(Shape) is the scalar shape it claims to be.
    private readonly int elementsMinusOne;

    /// <summary>The number of dimensions; 0 for a scalar.</summary>
    public int Rank { get; }

    /// <summary>The number of elements: the product of the dimensions.</summary>
    public int ElementCount => elementsMinusOne + 1;

    /// <summary>The size along an axis; negative axes count from the end, −1 being the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[int axis] => dimensions[Axis(axis)];

    /// <summary>The collection-expression constructor: <c>Shape s = [2, 3];</c>.</summary>
    public static Shape Create(ReadOnlySpan<int> dimensions) => new(dimensions);

    /// <summary>The axis counted from the front: <c>Axis(-1)</c> is <c>Rank - 1</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int Axis(int axis)
    {
        int fromFront = axis < 0 ? axis + Rank : axis;
        if ((uint)fromFront >= (uint)Rank)
        {
            throw new ArgumentOutOfRangeException(
                nameof(axis), $"Shape {this} has axes 0 to {Rank - 1} (or −{Rank} to −1), given {axis}.");
        }

        return fromFront;
    }

    /// <summary>The distance in elements between neighbours along an axis of a row-major tensor of this shape.</summary>
    public int Stride(int axis)
    {
        int stride = 1;
        for (int i = Axis(axis) + 1; i < Rank; i++)
        {
            stride *= dimensions[i];
        }

        return stride;
    }

    /// <summary>This shape with another size along one axis.</summary>
    public Shape With(int axis, int size)
    {
        Span<int> sizes = stackalloc int[MaxRank];
        CopyTo(sizes);
        sizes[Axis(axis)] = size;
        return new Shape(sizes[..Rank]);
    }

    /// <summary>This shape without one axis.</summary>
    public Shape Without(int axis)
    {
        Span<int> sizes = stackalloc int[MaxRank];
        CopyTo(sizes);
        int from = Axis(axis);
        sizes[(from + 1)..].CopyTo(sizes[from..]);
        return new Shape(sizes[..(Rank - 1)]);
    }

    /// <summary>This shape with one more axis in front: a batch of <paramref name="size"/> such items.</summary>
    public Shape Prepend(int size)
    {
        Span<int> sizes = stackalloc int[MaxRank + 1];
        sizes[0] = size;
        CopyTo(sizes[1..]);
        return new Shape(sizes[..(Rank + 1)]);
    }

    /// <summary>Copies the dimensions into a span of at least <see cref="Rank"/> numbers.</summary>
    public void CopyTo(Span<int> destination)
    {
        for (int axis = 0; axis < Rank; axis++)
        {
            destination[axis] = dimensions[axis];
        }
    }

    /// <summary>The dimensions in a new array.</summary>
    public int[] ToArray()
    {
        int[] array = new int[Rank];
        CopyTo(array);
        return array;
    }

    /// <summary>The dimensions one after the other, for <c>foreach</c> and collection expressions.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)ToArray()).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Shape other)
    {
        if (Rank != other.Rank)
        {
            return false;
        }

        for (int axis = 0; axis < Rank; axis++)
        {
            if (dimensions[axis] != other.dimensions[axis])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        for (int axis = 0; axis < Rank; axis++)
        {
            hash.Add(dimensions[axis]);
        }

        return hash.ToHashCode();
    }

    /// <summary>The dimensions in brackets: <c>[64, 3, 32, 32]</c>.</summary>
    public override string ToString() => $"[{Join(ToArray())}]";

    /// <summary>True when rank and every dimension agree.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>True when rank or any dimension differs.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    private static string Join(ReadOnlySpan<int> dimensions) => string.Join(", ", dimensions.ToArray());

    [InlineArray(MaxRank)]
    private struct Dimensions
    {
        private int first;
    }
}
