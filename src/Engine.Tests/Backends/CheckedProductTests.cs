using Engine.Backends.Cuda;
using Engine.Tests.Emulator;

namespace Engine.Tests.Backends;

/// <summary>Products and convolutions in the checked emulator: no race, no overrun, nothing read that was not written.</summary>
[RequiresEmulator]
public sealed class CheckedProductTests
{
    [Test]
    public void Every_product_runs_without_a_finding([Values] bool transposeA, [Values] bool transposeB, [Values(6, 300)] int depth)
    {
        Philox random = new(31);
        foreach (TileSize tile in TileSize.All)
        {
            MatMulCase c = new(random, new(2, tile.Rows + 1, 7, depth, false), transposeA, transposeB, bias: true);
            double[] expected = c.Definition(out double[] magnitude);
            Tensor y = c.Run(DType.Float32, Device.Checked, ProductPlan.Split(tile, depth, 2));
            Numbers.AssertNear(y, expected, i => 4 * Math.Sqrt(depth + 1) * Numbers.Roundoff(DType.Float32) * magnitude[i]);
        }
    }

    [Test]
    public void Every_convolution_runs_without_a_finding([Values] PaddingMode mode)
    {
        ConvolutionCase c = new(new Philox(32), [5, 4, 8, 9], 6, 2, new Window(3, (1, 2), 1, 1, 2, mode), true);
        foreach (TileSize? tile in (TileSize?[])[null, .. TileSize.All])
        {
            c.DefinitionOfForward().AssertIs(c.Forward(DType.Float32, Device.Checked, tile), c.Depth + 1, $"forward, {tile}");
            if (tile is null || mode == PaddingMode.Zero)
            {
                c.DefinitionOfBackwardData().AssertIs(c.BackwardData(DType.Float32, Device.Checked, tile), c.ProductsPerPixel, $"data, {tile}");
            }

            if (tile is not null)
            {
                c.DefinitionOfBackwardWeights().AssertIs(
                    c.BackwardWeights(DType.Float32, Device.Checked, tile, 2), c.ProductsPerWeight + 1, $"weights, {tile}");
            }
        }
    }
}
