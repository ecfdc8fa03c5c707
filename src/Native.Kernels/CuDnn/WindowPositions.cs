namespace Native.Kernels.CuDnn;

/// <summary>How many positions a sliding window takes along an axis.</summary>
internal static class WindowPositions
{
    /// <summary>⌊(size + before + after − ((kernel − 1)·dilation + 1)) / stride⌋ + 1, or 0 where the window does not fit.</summary>
    public static int Count(int size, int before, int after, int kernel, int stride, int dilation)
    {
        int room = size + before + after - ((kernel - 1) * dilation) - 1;
        return room < 0 ? 0 : (room / stride) + 1;
    }
}
