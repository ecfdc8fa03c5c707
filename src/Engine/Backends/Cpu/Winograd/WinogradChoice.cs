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
internal static class WinogradChoice
{
    // Fewer channels than this, and the transforms cost more than the products they save; their rounding, too, averages
    // out over the channels.
    private const int FewestChannels = 16;

    // The same for the gradient of a weight, which is summed over places instead.
    private const int FewestPlaces = 256;

    // With fewer tiles of 4×4 than this, the way back from 36 points for each weight costs more than the products over 16.
    private const int FewTiles = 24;

    /// <summary>The method for a convolution whose weights are transformed anew each time.</summary>
    public static WinogradMethod For(in Geometry geometry)
    {
        if (!Applies(geometry))
        {
            return WinogradMethod.None;
        }

        int tiles = new Tiles(geometry, 4).Count;
        long weights = (long)geometry.ChannelsPerGroup * geometry.OutputsPerGroup;
        return tiles >= 64 && weights <= 256 * 256 ? WinogradMethod.FourByFour : WinogradMethod.TwoByTwo;
    }

    /// <summary>The method for a convolution whose weights are transformed once and for all.</summary>
    public static WinogradMethod ForPrepared(in Geometry geometry)
    {
        if (!Applies(geometry))
        {
            return WinogradMethod.None;
        }

        int tiles = new Tiles(geometry, 4).Count;
        long weights = (long)geometry.ChannelsPerGroup * geometry.OutputsPerGroup;
        return tiles >= 32 && weights <= 256 * 256 ? WinogradMethod.FourByFour : WinogradMethod.TwoByTwo;
    }

    /// <summary>The method for the gradient of the weights.</summary>
    public static WinogradMethod ForWeights(in Geometry geometry)
    {
        if (!Applies(geometry) || (long)geometry.Images * geometry.Positions < FewestPlaces)
        {
            return WinogradMethod.None;
        }

        return new Tiles(geometry, 4).Count >= FewTiles ? WinogradMethod.FourByFour : WinogradMethod.TwoByTwo;
    }

    /// <summary>Whether the method computes this convolution at all, and well enough.</summary>
    private static bool Applies(in Geometry geometry)
    {
        Window window = geometry.Window;
        return window.Kernel == 3 && window.Stride == 1 && window.Dilation == 1 && geometry.Groups == 1
            && window.Before.Y < 3 && window.Before.X < 3
            && (window.Mode == PaddingMode.Zero || (window.Before == 0 && window.After == 0))
            && Math.Min(geometry.ChannelsPerGroup, geometry.OutputsPerGroup) >= FewestChannels;
    }
}
