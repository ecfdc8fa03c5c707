using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class ConvolutionCases
{
    public static LayerCase Small(Philox random)
    {
        while (true)
        {
            int groups = random.OneOf(1, 1, 2), channels = groups * random.Between(groups == 1 ? 2 : 1, 2);
            Size2D kernel = random.Pair(1, 3), dilation = random.OneOf<Size2D>(1, (1, 2), (2, 1), 2);
            Size2D image = ImageFor(random, kernel, dilation, spare: 3);
            Shape x = [random.Between(2, 3), channels, image.Y, image.X];
            if (x.ElementCount <= 200)
            {
                return Make(random, x, groups * random.Between(1, 3), kernel, dilation, groups);
            }
        }
    }

    public static LayerCase Realistic(Philox random)
    {
        int groups = random.OneOf(1, 1, 2), channels = groups * random.Between(2, 3);
        Size2D kernel = random.OneOf<Size2D>(3, 5, (3, 5)), dilation = random.OneOf(1, 1, 2);
        Size2D image = ImageFor(random, kernel, dilation, spare: 9);
        return Make(random, [random.Between(2, 4), channels, image.Y, image.X], groups * random.Between(2, 5), kernel, dilation, groups);
    }

    // Larger than the window, and never square.
    internal static Size2D ImageFor(Philox random, Size2D kernel, Size2D dilation, int spare)
    {
        Window window = new(kernel, 1, dilation, 0, 0);
        Size2D image = (window.Extent.Y + random.Between(0, spare), window.Extent.X + random.Between(0, spare));
        return image.Y == image.X ? (image.Y, image.X + 1) : image;
    }

    private static LayerCase Make(Philox random, Shape x, int filters, Size2D kernel, Size2D dilation, int groups)
    {
        Size2D stride = random.OneOf<Size2D>(1, 2, (1, 2), (2, 1), (3, 2));
        PaddingMode mode = random.OneOf(PaddingMode.Zero, PaddingMode.Mirror);
        bool bias = !random.OneIn(3);
        if (Math.Min(x[2], x[3]) < 2)
        {
            // Nothing to mirror two rows of.
            mode = PaddingMode.Zero;
        }

        Padding padding = mode == PaddingMode.Mirror
            ? random.OneOf(Padding.Same, Padding.Of(random.Pair(1, 2)))
            : random.OneOf(Padding.Valid, Padding.Same, Padding.Of(random.Pair(0, 2)));
        Conv2D layer = new(x[1], filters, kernel, random, stride, padding, dilation, groups, mode, bias: bias);
        string settings = $"{x[1]}→{filters}, kernel {kernel}, stride {stride}, dilation {dilation}, {groups} groups, "
            + $"padding {padding} {mode}{(bias ? "" : ", no bias")}";
        return new LayerCase(layer, x, random, configuration: settings)
        {
            Traits = Traits.LinearInParameters | Traits.BatchEquivariant | (bias ? Traits.None : Traits.Linear),
        };
    }
}
