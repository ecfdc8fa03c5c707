namespace Native.Kernels.Nvrtc;

/// <summary>Compiled device code, ready to be loaded as a module.</summary>
/// <param name="Bytes">Machine code (a cubin), or PTX text that ends in a zero.</param>
/// <param name="IsCubin">True for machine code, which fits one architecture; PTX is compiled on by the driver.</param>
/// <param name="Log">What the compiler said.</param>
public sealed record KernelImage(byte[] Bytes, bool IsCubin, string Log);
