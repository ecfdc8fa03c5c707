using System.Runtime.CompilerServices;
using Engine.Backends.Cpu.Simd;

namespace Engine.Backends.Cpu.Convolution;

/// <summary>What the kernels with channels as lanes have in common: what they do to a row of a tile, 1 … 3 registers. Every call becomes that many instructions.</summary>
internal abstract unsafe class ChannelLaneKernel<T, TVector, TSimd>
    where T : unmanaged
    where TVector : struct
    where TSimd : struct, ISimd<T, TVector>
{
#pragma warning disable format // One register, one line.
    /// <summary>Loads a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void LoadRow<TVectors>(T* source, ref TVector r0, ref TVector r1, ref TVector r2)
        where TVectors : ICount
    {
        r0 = TSimd.Load(source);
        if (TVectors.Value > 1) { r1 = TSimd.Load(source + TSimd.Lanes); }
        if (TVectors.Value > 2) { r2 = TSimd.Load(source + (2 * TSimd.Lanes)); }
    }

    /// <summary>Adds one number of x times the row b to the row s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void AddRow<TVectors>(T* x, TVector b0, TVector b1, TVector b2, ref TVector s0, ref TVector s1, ref TVector s2)
        where TVectors : ICount
    {
        TVector spread = TSimd.Broadcast(x);
        s0 = TSimd.MultiplyAdd(spread, b0, s0);
        if (TVectors.Value > 1) { s1 = TSimd.MultiplyAdd(spread, b1, s1); }
        if (TVectors.Value > 2) { s2 = TSimd.MultiplyAdd(spread, b2, s2); }
    }

    /// <summary>Stores a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void StoreRow<TVectors>(TVector s0, TVector s1, TVector s2, T* destination)
        where TVectors : ICount
    {
        TSimd.Store(s0, destination);
        if (TVectors.Value > 1) { TSimd.Store(s1, destination + TSimd.Lanes); }
        if (TVectors.Value > 2) { TSimd.Store(s2, destination + (2 * TSimd.Lanes)); }
    }
#pragma warning restore format
}
