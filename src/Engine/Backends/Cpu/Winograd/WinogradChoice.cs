using Engine.Backends.Cpu.Convolution;

namespace Engine.Backends.Cpu.Winograd;

/// <summary>A way of computing a convolution of 3×3.</summary>
internal enum WinogradMethod
{
    /// <summary>Another one than Winograd's.</summary>
    None,

    /// <summary><see cref="Winograd.TwoByTwo"/>.</summary>
    TwoByTwo,

    /// <summary><see cref="Winograd.FourByFour"/>.</summary>
    FourByFour,
}

/// <summary>Where Winograd's convolution is faster than the direct one and within its bound on rounding: by sizes alone.</summary>
/// <remarks>
/// <para>
/// Time. Counted are a processor's cycles for one vector of 16 output channels under one input channel, two
/// multiply–adds per cycle: 4.5 for each place of the direct method; (m + 2)²/2 for each tile of Winograd's. To
/// that come the transforms, which the other channels share, and the weights' own, which all tiles share. The numbers are
/// measured, with AVX-512; narrower vectors slow down all of them alike.
/// </para>
/// <para>
/// Rounding. What is promised is |y₃₂ − y₆₄| ≤ 4·√n·2⁻²⁴·(|w| ∗ |x|) for sums of n products. The error of a direct sum is about a
/// tenth of that for n = 144 and falls behind it further as n grows, for the roundings of either sign cancel and the bound
/// does not. F(2×2) loses hardly more, F(4×4) twice to four times as much; measured on normal random numbers, the largest error
/// anywhere is half of the bound for 4 channels, a tenth for 16, a twentieth for 64. But the error is that of a tile, not
/// of an output: an output whose own products are all tiny beside those of its neighbours can have more. Many channels make
/// that unlikely, so there must be 16, and for a weight's gradient 144 places.
/// </para>
/// </remarks>
internal static class WinogradChoice
{
    private const int FewestChannels = 16;
    private const int FewestPlaces = 144;

    // Prepared weights that take more than this are not worth their memory.
    private const long MostPreparedBytes = 12L << 20;

    // Cycles of handing out the jobs of the steps.
    private const double Start = 12000;

    // The direct method's cycles per place, and for reading the weights.
    private const double Place = 5.2;
    private const double DirectWeights = 50;

    private static readonly Cost TwoByTwo = new(Product: 8, Input: 95, Output: 46, Weights: 150);
    private static readonly Cost FourByFour = new(Product: 18, Input: 265, Output: 165, Weights: 400);
    private static readonly Cost TwoByTwoPrepared = TwoByTwo with { Weights = 50 };
    private static readonly Cost FourByFourPrepared = FourByFour with { Weights = 180 };
    private static readonly Cost TwoByTwoForWeights = new(Product: 10, Input: 95, Output: 80, Weights: 220);
    private static readonly Cost FourByFourForWeights = new(Product: 20, Input: 265, Output: 230, Weights: 500);

    /// <summary>The method for a convolution whose weights are transformed anew each time.</summary>
    public static WinogradMethod For(in Geometry geometry) =>
        Applies(geometry) ? Fastest(geometry, TwoByTwo.Of(geometry, 2), FourByFour.Of(geometry, 4)) : WinogradMethod.None;

    /// <summary>The method for the gradient of the weights.</summary>
    public static WinogradMethod ForWeights(in Geometry geometry) =>
        Applies(geometry) && (long)geometry.Images * geometry.Positions >= FewestPlaces
            ? Fastest(geometry, TwoByTwoForWeights.Of(geometry, 2), FourByFourForWeights.Of(geometry, 4))
            : WinogradMethod.None;

    /// <summary>The method for a convolution whose weights are transformed once for all, or none where that gains nothing.</summary>
    public static WinogradMethod ForPrepared(in Geometry geometry)
    {
        if (!Applies(geometry))
        {
            return WinogradMethod.None;
        }

        long bytes = (long)geometry.ChannelsPerGroup * geometry.OutputsPerGroup * sizeof(float);
        double two = 16 * bytes > MostPreparedBytes ? double.PositiveInfinity : TwoByTwoPrepared.Of(geometry, 2);
        double four = 36 * bytes > MostPreparedBytes ? double.PositiveInfinity : FourByFourPrepared.Of(geometry, 4);
        double otherwise = Math.Min(TwoByTwo.Of(geometry, 2), FourByFour.Of(geometry, 4));
        return otherwise <= Math.Min(two, four) ? WinogradMethod.None : Fastest(geometry, two, four);
    }

    // Whether the method computes this convolution at all, and well enough, with vectors that are mostly full.
    private static bool Applies(in Geometry geometry)
    {
        Window window = geometry.Window;
        return window.Kernel == 3 && window.Stride == 1 && window.Dilation == 1 && geometry.Groups == 1
            && window.Before.Y < 3 && window.Before.X < 3
            && (window.Mode == PaddingMode.Zero || (window.Before == 0 && window.After == 0))
            && Fills(geometry.ChannelsPerGroup) && Fills(geometry.OutputsPerGroup);
    }

    private static bool Fills(int channels) => channels >= FewestChannels && 4 * channels >= 3 * ((channels + 15) / 16 * 16);

    private static WinogradMethod Fastest(in Geometry geometry, double two, double four)
    {
        double direct = (Place * geometry.Images * geometry.Positions) + DirectWeights;
        return direct <= Math.Min(two, four) ? WinogradMethod.None
            : four <= two ? WinogradMethod.FourByFour
            : WinogradMethod.TwoByTwo;
    }

    /// <summary>The cycles of a method: per tile, per tile and input channel, per tile and output channel; and for the weights.</summary>
    private readonly record struct Cost(double Product, double Input, double Output, double Weights)
    {
        /// <summary>All of them, for one vector of output channels under one input channel.</summary>
        public double Of(in Geometry geometry, int outputs)
        {
            double inputs = geometry.ChannelsPerGroup, filters = geometry.OutputsPerGroup;
            double perTile = Product + (Input / filters) + (Output / inputs);
            return (new Tiles(geometry, outputs).Count * perTile) + Weights + (Start / (inputs * filters / 16));
        }
    }
}
