using Engine.Tensors;

namespace Engine.Backends;

/// <summary>A function of one number, applied to every element.</summary>
public enum UnaryOperation
{
    /// <summary>−x.</summary>
    Negate,

    /// <summary>eˣ.</summary>
    Exp,

    /// <summary>ln x.</summary>
    Log,

    /// <summary>√x.</summary>
    Sqrt,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>The error function erf x = 2/√π·∫₀ˣ e^(−t²) dt.</summary>
    Erf,
}

/// <summary>A function of two numbers, applied to elements in pairs.</summary>
public enum BinaryOperation
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a − b.</summary>
    Subtract,

    /// <summary>a · b.</summary>
    Multiply,

    /// <summary>a / b.</summary>
    Divide,
}

public abstract partial class Backend
{
    /// <summary>Sets every element of each of the tensors to a value.</summary>
    /// <param name="value">The value; a whole number for Int32.</param>
    /// <param name="tensors">Of any shapes, all of one type. On a GPU many take the time of one.</param>
    public abstract void Fill(double value, params ReadOnlySpan<Tensor> tensors);

    /// <summary>yᵢ = f(xᵢ). x and y have the same shape and may be the same tensor.</summary>
    public abstract void Unary(UnaryOperation operation, Tensor x, Tensor y);

    /// <summary>
    /// y = f(a, b) with broadcasting: shapes are aligned at their last axis; an axis that is missing or 1 in one operand
    /// repeats along the other's. y has the broadcast shape (<see cref="Broadcasting.Shape"/>).
    /// </summary>
    /// <param name="operation">f.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    /// <param name="y">The result.</param>
    /// <param name="activation">What a layer would apply to the result next, without another pass over memory; null for nothing.</param>
    public abstract void Binary(BinaryOperation operation, Tensor a, Tensor b, Tensor y, Activation? activation = null);

    /// <summary>y = α·x + β·y. x and y have the same shape. With β = 0, what y held is not read: it may be NaN.</summary>
    public abstract void AddScaled(double alpha, Tensor x, double beta, Tensor y);
}
