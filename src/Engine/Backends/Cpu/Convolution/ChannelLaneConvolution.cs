namespace Engine.Backends.Cpu.Convolution;

/// <summary>Convolution with output channels as the lanes of a vector.</summary>
internal static unsafe partial class ChannelLaneConvolution
{
    /// <summary>Whether the lanes are filled well enough.</summary>
    public static bool SuitsWeights<T>(in Geometry geometry)
        where T : unmanaged
    {
        int lanes = Widest.Lanes<T>(), vectors = (geometry.OutputsPerGroup + lanes - 1) / lanes;
        return 4 * geometry.OutputsPerGroup >= 3 * vectors * lanes;
    }
}
