using Engine.Backends.Cuda;

namespace Engine.Tests.Backends;

/// <summary>Every kernel of a convolution, whichever the back end would choose, on windows of all kinds.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Cuda))]
public sealed class CudaConvolutionTests(Device device)
{
    private static readonly IEnumerable<TestCaseData> Cases =
    [
        Case("plain", [2, 3, 9, 10], 5, 1, new Window(3, 1, 1, 1, 1)),
        Case("planes that are packs", [2, 3, 8, 8], 9, 1, new Window(3, 1, 1, 1, 1)),
        Case("groups, dilated", [2, 6, 7, 8], 4, 2, new Window((3, 2), 1, (2, 1), (1, 0), (0, 2))),
        Case("one channel per group", [3, 5, 6, 6], 5, 5, new Window(3, 2, 1, 1, 0)),
        Case("strides over pixels", [3, 2, 11, 13], 7, 1, new Window(2, 3, 1, 0, 0)),
        Case("more padding than kernel", [1, 3, 4, 5], 3, 1, new Window((2, 3), (1, 2), 1, 4, (3, 5))),
        Case("mirrored", [2, 3, 5, 4], 4, 1, new Window(3, (2, 1), 1, 4, 3, PaddingMode.Mirror)),
        Case("mirrored again and again", [1, 2, 3, 1], 2, 1, new Window((3, 2), (2, 3), 2, 9, 8, PaddingMode.Mirror)),
        Case("one pixel", [1, 1, 1, 1], 1, 1, new Window(1, 1, 1, 0, 0)),
        Case("a sum in parts", [4, 2, 12, 12], 3, 1, new Window(3, 1, 1, 1, 1)),
        Case("small tile − 1", [2, 31, 3, 5], 31, 1, new Window(1, 1, 1, 0, 0)),
        Case("small tile + 1", [3, 33, 3, 4], 33, 1, new Window((1, 2), 1, 1, 0, 0)),
        Case("medium tile", [4, 64, 4, 4], 64, 1, new Window(1, 1, 1, 0, 0)),
        Case("medium tile + 1", [13, 65, 1, 5], 65, 1, new Window(1, 1, 1, 0, 0)),
        Case("large tile", [8, 128, 4, 4], 128, 1, new Window(1, 1, 1, 0, 0)),
        Case("large tile + 1", [3, 129, 1, 43], 129, 1, new Window(1, 1, 1, 0, 0)),
    ];

    [TestCaseSource(nameof(Cases))]
    public void All_kernels_agree_with_the_definition(object made)
    {
        ConvolutionCase c = ((Func<ConvolutionCase>)made)();
        Sums forward = c.DefinitionOfForward(), data = c.DefinitionOfBackwardData(), weights = c.DefinitionOfBackwardWeights();
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            foreach (TileSize? tile in (TileSize?[])[null, .. TileSize.All])
            {
                string by = $"{c}, {tile?.Name ?? "directly"}";
                if (tile is not null || 8 * c.Depth * dtype.Size() <= 48 * 1024)
                {
                    forward.AssertIs(c.Forward(dtype, device, tile), c.Depth + 1, $"forward, {by}");
                }

                if (tile is null || !c.IsMirrored)
                {
                    data.AssertIs(c.BackwardData(dtype, device, tile), c.ProductsPerPixel, $"data, {by}");
                }

                for (int splits = 1; tile is not null && splits <= 3; splits += 2)
                {
                    weights.AssertIs(c.BackwardWeights(dtype, device, tile, splits), c.ProductsPerWeight + 1, $"weights, {by}, {splits} parts");
                }
            }
        }
    }

    private static TestCaseData Case(string name, int[] x, int outputs, int groups, Window window) =>
        new TestCaseData(() => new ConvolutionCase(new Philox(21), new Shape(x), outputs, groups, window, true)).SetArgDisplayNames(name);
}
