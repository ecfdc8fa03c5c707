namespace Native.Kernels;

/// <summary>With which precision Float32 is multiplied in matrix products and convolutions. Float64 is always multiplied as it is.</summary>
public enum MatrixMode
{
    /// <summary>Float32 throughout.</summary>
    Float32,

    /// <summary>Operands rounded to TF32: relative error 2⁻¹¹ per operand instead of 2⁻²⁴.</summary>
    TensorFloat32,

    /// <summary>Operands rounded to bfloat16: relative error 2⁻⁸ per operand.</summary>
    BFloat16,
}
