using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Tensors;

/// <summary>
/// A dense block of numbers with a shape: row-major, contiguous, of one <see cref="Engine.Tensors.DType"/>, on one device.
/// </summary>
/// <remarks>
/// Images are N×C×H×W (batch, channels, rows, columns), sequences N×T×F, class labels N. Arithmetic lives one floor up,
/// in <c>Engine.Backends.TensorMath</c>: <c>a + b</c>, <c>Tensor.MatMul(a, b)</c>, <c>x.Exp()</c>.
/// A tensor made inside a step (<see cref="Device.BeginStep"/>) may not be used after it, nor after the layer that made it
/// was done and had neither returned nor saved it.
/// </remarks>
public sealed class Tensor
{
    private readonly MemoryBlock memory;
    private readonly StepArena? arena;
    private readonly StepPiece? piece;
    private readonly long scope;
    private readonly long birth;

    /// <summary>A tensor with undefined contents.</summary>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="dtype">The type of its elements.</param>
    /// <param name="device">Where it lives; main memory unless said otherwise.</param>
    public Tensor(Shape shape, DType dtype = DType.Float32, Device device = default)
    {
        Shape = shape;
        DType = dtype;
        Device = device;
        DeviceMemory source = DeviceMemory.Of(device);
        long bytes = (long)shape.ElementCount * dtype.Size();
        StepArena ofThread = source.Arena;
        if (ofThread.IsOpen)
        {
            arena = ofThread;
            scope = ofThread.Scope;
            piece = ofThread.Allocate(bytes);
            (memory, birth) = (piece.Memory, piece.Birth);
        }
        else
        {
            memory = source.Allocate(bytes);
        }
    }

    /// <summary>A tensor in main memory that lasts and that the garbage collector does not own.</summary>
    internal Tensor(in MemoryBlock memory, Shape shape, DType dtype)
    {
        (Shape, DType, this.memory) = (shape, dtype, memory);
    }

    // A view of the same memory.
    private Tensor(Tensor source, Shape shape)
    {
        (Shape, DType, Device) = (shape, source.DType, source.Device);
        (memory, arena, piece, scope, birth) = (source.memory, source.arena, source.piece, source.scope, source.birth);
    }

    // A view of a part of it.
    private Tensor(Tensor source, int start, Shape shape)
        : this(source, shape)
    {
        int size = source.DType.Size();
        memory = source.memory with { Offset = source.memory.Offset + ((long)start * size), Bytes = (long)shape.ElementCount * size };
    }

    /// <summary>The dimensions.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements.</summary>
    public DType DType { get; }

    /// <summary>Where the tensor lives.</summary>
    public Device Device { get; }

    /// <summary>The number of elements.</summary>
    public int ElementCount => Shape.ElementCount;

    /// <summary>A tensor like another one (shape, type, device) with undefined contents.</summary>
    public static Tensor Like(Tensor other) => new(other.Shape, other.DType, other.Device);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape, DType dtype = DType.Float32, Device device = default)
    {
        Tensor tensor = new(shape, dtype, device);
        DeviceMemory.Of(device).Clear(tensor.Memory);
        return tensor;
    }

    /// <summary>A tensor in main memory that holds a copy of the given values, row by row.</summary>
    /// <exception cref="ArgumentException">There are not as many values as the shape has elements.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        if (values.Length != shape.ElementCount)
        {
            throw new ArgumentException($"Shape {shape} has {shape.ElementCount} elements, given {values.Length} values.");
        }

        Tensor tensor = new(shape, DTypes.Of<T>());
        values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(T[] values, Shape shape)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>A tensor of one row's numbers: shape [values.Length].</summary>
    public static Tensor From<T>(params T[] values)
        where T : unmanaged => From((ReadOnlySpan<T>)values, [values.Length]);

    /// <summary>The elements of a tensor in main memory, row-major. Writing to the span writes to the tensor.</summary>
    /// <exception cref="InvalidOperationException">The elements are of another type, or the tensor's step has ended.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        if (DTypes.Of<T>() != DType)
        {
            throw new InvalidOperationException($"The tensor {this} does not hold {DTypes.Of<T>()}; convert it with To(DType.{DTypes.Of<T>()}).");
        }

        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref FirstByte()), ElementCount);
    }

    /// <summary>The elements as a span with the tensor's shape, for indexing: <c>x.AsTensorSpan&lt;float&gt;()[n, c, h, w]</c>.</summary>
    /// <inheritdoc cref="AsSpan{T}" path="/exception"/>
    public TensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged
    {
        Span<nint> lengths = stackalloc nint[Shape.MaxRank];
        for (int axis = 0; axis < Shape.Rank; axis++)
        {
            lengths[axis] = Shape[axis];
        }

        return new TensorSpan<T>(AsSpan<T>(), lengths[..Shape.Rank], []);
    }

    /// <summary>The value of a tensor of one element, as a double. On a device of its own this waits for the device.</summary>
    /// <exception cref="InvalidOperationException">The tensor has more than one element.</exception>
    public double Item() => ElementCount == 1
        ? GetFlat(0)
        : throw new InvalidOperationException($"Item() is for a tensor of one element, this is {this}.");

    /// <summary>The element at a position counted row by row, as a double, whatever the type and the device.</summary>
    public double GetFlat(int index)
    {
        if (Device != Device.Cpu)
        {
            return ElementHere(index).GetFlat(0);
        }

        return DType switch
        {
            DType.Float32 => AsSpan<float>()[index],
            DType.Float64 => AsSpan<double>()[index],
            _ => AsSpan<int>()[index],
        };
    }

    /// <summary>Sets the element at a position counted row by row, rounding to the tensor's type.</summary>
    public void SetFlat(int index, double value)
    {
        switch (DType)
        {
            case DType.Float32:
                AsSpan<float>()[index] = (float)value;
                break;
            case DType.Float64:
                AsSpan<double>()[index] = value;
                break;
            default:
                AsSpan<int>()[index] = checked((int)value);
                break;
        }
    }

    /// <summary>A copy with memory of its own: of the open step if there is one, otherwise lasting.</summary>
    public Tensor Clone()
    {
        Tensor copy = Like(this);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Copies the elements into another tensor of the same shape and type, on any device.</summary>
    /// <remarks>From one GPU to another it goes through main memory.</remarks>
    /// <exception cref="ArgumentException">Shape or type differ.</exception>
    public void CopyTo(Tensor destination)
    {
        if (destination.Shape != Shape || destination.DType != DType)
        {
            throw new ArgumentException($"Cannot copy {this} into {destination}: shape and type must agree.");
        }

        if (destination.Device == Device)
        {
            DeviceMemory.Of(Device).Copy(Memory, destination.Memory);
        }
        else if (Device == Device.Cpu)
        {
            DeviceMemory.Of(destination.Device).CopyIn(Bytes, destination.Memory);
        }
        else if (destination.Device == Device.Cpu)
        {
            DeviceMemory.Of(Device).CopyOut(Memory, destination.Bytes);
        }
        else
        {
            To(Device.Cpu).CopyTo(destination);
        }
    }

    /// <summary>This tensor on another device; the tensor itself where it is there already.</summary>
    public Tensor To(Device device)
    {
        if (device == Device)
        {
            return this;
        }

        Tensor copy = new(Shape, DType, device);
        CopyTo(copy);
        return copy;
    }

    /// <summary>This tensor in another element type, rounded to nearest; the tensor itself where it has that type already.</summary>
    /// <remarks>The conversion is done in main memory.</remarks>
    public Tensor To(DType dtype)
    {
        if (dtype == DType)
        {
            return this;
        }

        Tensor source = To(Device.Cpu), converted = new(Shape, dtype);
        for (int i = 0; i < ElementCount; i++)
        {
            converted.SetFlat(i, source.GetFlat(i));
        }

        return converted.To(Device);
    }

    /// <summary>The same elements under another shape. The result shares this tensor's memory.</summary>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public Tensor Reshape(Shape shape) => shape.ElementCount == ElementCount
        ? new Tensor(this, shape)
        : throw new ArgumentException($"Cannot reshape {Shape} ({ElementCount} elements) to {shape} ({shape.ElementCount}).");

    /// <summary>Type, shape and device, and the values where they are few.</summary>
    public override string ToString()
    {
        string text = $"{DType} {Shape}{(Device == Device.Cpu ? "" : $" on {Device}")}";
        if (ElementCount > 16 || (piece is not null && piece.Birth != birth))
        {
            return text;
        }

        Tensor here = To(Device.Cpu);
        return $"{text} {{ {string.Join(", ", Enumerable.Range(0, ElementCount).Select(i => here.GetFlat(i).ToString("G6")))} }}";
    }

    /// <summary>The elements from a position on, under a shape of their own. The result shares this tensor's memory.</summary>
    internal Tensor Part(int start, Shape shape) => start >= 0 && start <= ElementCount - shape.ElementCount
        ? new Tensor(this, start, shape)
        : throw new ArgumentOutOfRangeException(nameof(start), start, $"{shape} does not fit into {this} from there.");

    /// <summary>The stretch of the device's memory that the elements lie in.</summary>
    internal MemoryBlock Memory
    {
        get
        {
            RequireOpenStep();
            return memory;
        }
    }

    /// <summary>The device's address of the first element, on a device with memory of its own.</summary>
    internal nint Address => (nint)Memory.Offset;

    /// <summary>The piece of the open step that the elements lie in; null for a tensor that lasts, and for one whose memory has gone back.</summary>
    internal StepPiece? Piece => piece is not null && piece.Birth == birth ? piece : null;

    /// <summary>The raw bytes of a tensor in main memory, for storage formats and copies.</summary>
    internal Span<byte> Bytes => MemoryMarshal.CreateSpan(ref FirstByte(), (int)memory.Bytes);

    /// <summary>True when both tensors begin at the same address.</summary>
    internal bool SharesMemoryWith(Tensor other) => memory.Array == other.memory.Array && memory.Offset == other.memory.Offset;

    // One element of a tensor on another device, in main memory.
    private Tensor ElementHere(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ElementCount);
        Tensor element = new([], DType);
        int size = DType.Size();
        DeviceMemory.Of(Device).CopyOut(Memory with { Offset = Memory.Offset + ((long)index * size), Bytes = size }, element.Bytes);
        return element;
    }

    private ref byte FirstByte()
    {
        RequireOpenStep();
        if (memory.Array is null)
        {
            return ref FirstMappedByte();
        }

        return ref memory.Array[memory.Offset];
    }

    private unsafe ref byte FirstMappedByte()
    {
        if (Device != Device.Cpu)
        {
            throw new InvalidOperationException(
                $"The elements of {DType} {Shape} lie on '{Device}', not in main memory. Copy them with To(Device.Cpu) first.");
        }

        return ref *(byte*)memory.Offset;
    }

    private void RequireOpenStep()
    {
        if (piece is not null && piece.Birth != birth)
        {
            throw GoneBack();
        }
    }

    private InvalidOperationException GoneBack() => new(arena!.Holds(scope)
        ? $"The memory of this tensor ({DType} {Shape}) has gone back to its step: the layer or network that made it was done, and had neither returned nor saved it. Clone() it before to keep it."
        : $"This tensor ({DType} {Shape}) was made inside a step that has ended. Clone() it outside the step to keep it.");
}
