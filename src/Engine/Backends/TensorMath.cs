using Engine.Tensors;

namespace Engine.Backends;

/// <summary>
/// Plain arithmetic on tensors, for writing a layer without touching a back end: <c>(x - mean) * scale</c>,
/// <c>Tensor.MatMul(x, w) + b</c>, <c>x.Sum(axis: 0)</c>. Every operation makes a new tensor.
/// </summary>
public static class TensorMath
{
    extension(Tensor)
    {
        /// <summary>a + b, with broadcasting.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => Combine(BinaryOperation.Add, a, b);

        /// <summary>a − b, with broadcasting.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => Combine(BinaryOperation.Subtract, a, b);

        /// <summary>a · b element by element, with broadcasting.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => Combine(BinaryOperation.Multiply, a, b);

        /// <summary>a / b element by element, with broadcasting.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => Combine(BinaryOperation.Divide, a, b);

        /// <summary>a + b for a number b.</summary>
        public static Tensor operator +(Tensor a, double b) => Combine(BinaryOperation.Add, a, Scalar(b, a));

        /// <summary>a − b for a number b.</summary>
        public static Tensor operator -(Tensor a, double b) => Combine(BinaryOperation.Subtract, a, Scalar(b, a));

        /// <summary>a − b for a number a.</summary>
        public static Tensor operator -(double a, Tensor b) => Combine(BinaryOperation.Subtract, Scalar(a, b), b);

        /// <summary>a · b for a number a.</summary>
        public static Tensor operator *(double a, Tensor b) => Combine(BinaryOperation.Multiply, Scalar(a, b), b);

        /// <summary>a · b for a number b.</summary>
        public static Tensor operator *(Tensor a, double b) => Combine(BinaryOperation.Multiply, a, Scalar(b, a));

        /// <summary>a + b for a number a.</summary>
        public static Tensor operator +(double a, Tensor b) => Combine(BinaryOperation.Add, Scalar(a, b), b);

        /// <summary>a / b for a number a.</summary>
        public static Tensor operator /(double a, Tensor b) => Combine(BinaryOperation.Divide, Scalar(a, b), b);

        /// <summary>a / b for a number b.</summary>
        public static Tensor operator /(Tensor a, double b) => Combine(BinaryOperation.Divide, a, Scalar(b, a));

        /// <summary>−x.</summary>
        public static Tensor operator -(Tensor x) => Apply(UnaryOperation.Negate, x);

        /// <summary>
        /// The matrix product op(a)·op(b) over the last two axes; a may be a batch of matrices, and b one too or a single
        /// matrix for the whole batch.
        /// </summary>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        public static Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
        {
            Tensor y = new(MatMulShape.Of(a.Shape, b.Shape, transposeA, transposeB), a.DType, a.Device);
            Backend.Of(a, b).MatMul(a, b, y, transposeA, transposeB);
            return y;
        }

        /// <summary>Joins tensors along an axis; they agree in every other.</summary>
        /// <exception cref="ShapeException">There are none, or their shapes do not fit.</exception>
        public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts)
        {
            if (parts.Length == 0)
            {
                throw new ShapeException("Concat needs at least one tensor.");
            }

            Shape first = parts[0].Shape;
            int length = 0;
            foreach (Tensor part in parts)
            {
                if (part.Shape.Rank != first.Rank || part.Shape.With(axis, first[axis]) != first)
                {
                    throw new ShapeException($"Cannot join {first} and {part.Shape} along axis {axis}: they must agree in every other axis.");
                }

                length += part.Shape[axis];
            }

            Tensor y = new(first.With(axis, length), parts[0].DType, parts[0].Device);
            int start = 0;
            foreach (Tensor part in parts)
            {
                Backend.Of(part, y).Place(part, axis, start, y);
                start += part.Shape[axis];
            }

            return y;
        }
    }

    extension(Tensor x)
    {
        /// <summary>eˣ.</summary>
        public Tensor Exp() => Apply(UnaryOperation.Exp, x);

        /// <summary>ln x.</summary>
        public Tensor Log() => Apply(UnaryOperation.Log, x);

        /// <summary>√x.</summary>
        public Tensor Sqrt() => Apply(UnaryOperation.Sqrt, x);

        /// <summary>tanh x.</summary>
        public Tensor Tanh() => Apply(UnaryOperation.Tanh, x);

        /// <summary>erf x, the error function.</summary>
        public Tensor Erf() => Apply(UnaryOperation.Erf, x);

        /// <summary>The sum along an axis, which disappears unless it is kept with size 1.</summary>
        public Tensor Sum(int axis, bool keepAxis = false) => Reduce(Reduction.Sum, x, axis, keepAxis);

        /// <summary>The mean along an axis, which disappears unless it is kept with size 1.</summary>
        public Tensor Mean(int axis, bool keepAxis = false) => Reduce(Reduction.Mean, x, axis, keepAxis);

        /// <summary>The largest element along an axis, which disappears unless it is kept with size 1.</summary>
        public Tensor Max(int axis, bool keepAxis = false) => Reduce(Reduction.Max, x, axis, keepAxis);

        /// <summary>The sum of all elements: a scalar.</summary>
        public Tensor Sum() => Reduce(Reduction.Sum, x.Reshape([x.ElementCount]), 0, false);

        /// <summary>The mean of all elements: a scalar.</summary>
        public Tensor Mean() => Reduce(Reduction.Mean, x.Reshape([x.ElementCount]), 0, false);

        /// <summary>Where the largest element along an axis lies, the first of equals: Int32, that axis gone.</summary>
        public Tensor ArgMax(int axis = -1)
        {
            Tensor y = new(x.Shape.Without(axis), DType.Int32, x.Device);
            Backend.Of(x).ArgMax(x, axis, y);
            return y;
        }

        /// <summary>The matrix (or the matrices of a batch) with rows and columns exchanged: the last two axes swapped.</summary>
        public Tensor Transpose()
        {
            Span<int> axes = stackalloc int[Shape.MaxRank];
            for (int i = 0; i < x.Shape.Rank; i++)
            {
                axes[i] = i;
            }

            int last = x.Shape.Axis(-1), before = x.Shape.Axis(-2);
            (axes[last], axes[before]) = (before, last);
            return x.Transpose(axes[..x.Shape.Rank]);
        }

        /// <summary>The axes in another order: axis i of the result is axis axes[i] of this.</summary>
        /// <exception cref="ShapeException"><paramref name="axes"/> does not name every axis once.</exception>
        public Tensor Transpose(params ReadOnlySpan<int> axes)
        {
            Span<int> sizes = stackalloc int[Shape.MaxRank];
            int seen = 0;
            for (int i = 0; i < axes.Length; i++)
            {
                int axis = x.Shape.Axis(axes[i]);
                seen |= 1 << axis;
                sizes[i] = x.Shape[axis];
            }

            if (axes.Length != x.Shape.Rank || seen != (1 << x.Shape.Rank) - 1)
            {
                throw new ShapeException($"Transpose of {x.Shape} needs each of its {x.Shape.Rank} axes once, given [{string.Join(", ", axes.ToArray())}].");
            }

            Tensor y = new(new Shape(sizes[..axes.Length]), x.DType, x.Device);
            Backend.Of(x).Permute(x, axes, y);
            return y;
        }

        /// <summary>A copy of <paramref name="count"/> entries along an axis, from <paramref name="start"/> on.</summary>
        /// <exception cref="ShapeException">The range reaches beyond the axis.</exception>
        public Tensor Slice(int axis, int start, int count)
        {
            if (start < 0 || count < 1 || start > x.Shape[axis] - count)
            {
                throw new ShapeException($"Cannot take {count} from {start} on along axis {axis} of {x.Shape}.");
            }

            Tensor y = new(x.Shape.With(axis, count), x.DType, x.Device);
            Backend.Of(x).Slice(x, axis, start, y);
            return y;
        }
    }

    private static Tensor Scalar(double value, Tensor like)
    {
        Tensor scalar = new([], like.DType, like.Device);
        Backend.Of(like).Fill(value, scalar);
        return scalar;
    }

    private static Tensor Apply(UnaryOperation operation, Tensor x)
    {
        Tensor y = Tensor.Like(x);
        Backend.Of(x).Unary(operation, x, y);
        return y;
    }

    private static Tensor Combine(BinaryOperation operation, Tensor a, Tensor b)
    {
        Backend backend = Backend.Of(a, b);
        Tensor y = new(Broadcasting.Shape(a.Shape, b.Shape), a.DType, a.Device);
        backend.Binary(operation, a, b, y);
        return y;
    }

    private static Tensor Reduce(Reduction reduction, Tensor x, int axis, bool keepAxis)
    {
        Tensor y = new(keepAxis ? x.Shape.With(axis, 1) : x.Shape.Without(axis), x.DType, x.Device);
        Backend.Of(x).Reduce(reduction, x, axis, y);
        return y;
    }
}
