namespace Native.Kernels.CuBlas;

/// <summary>A matrix as the library sees it: column after column.</summary>
/// <param name="Address">Its device address.</param>
/// <param name="LeadingDimension">From one column to the next, in elements; at least the rows it is stored with.</param>
/// <param name="Operation">Whether it is transposed before it is used.</param>
/// <param name="Stride">From one matrix of a batch to the next, in elements; 0 where all share one.</param>
public readonly record struct CuBlasMatrix(
    nint Address, int LeadingDimension, CuBlasOperation Operation = CuBlasOperation.None, long Stride = 0);
