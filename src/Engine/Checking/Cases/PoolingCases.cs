using Engine.Backends;
using Engine.Layers;
using Engine.Tensors;

namespace Engine.Checking.Cases;

internal static class PoolingCases
{
    public delegate (Layer Layer, Traits Traits) Make(Size2D kernel, Size2D? stride, Padding padding, Size2D dilation);

    public static Make Maximum { get; } =
        (kernel, stride, padding, dilation) => (new MaxPooling2D(kernel, stride, padding, dilation), Traits.Homogeneous);

    public static Make Average { get; } =
        (kernel, stride, padding, dilation) => (new AveragePooling2D(kernel, stride, padding, dilation), Traits.Linear);

    public static LayerCase Small(Philox random, Make make)
    {
        while (true)
        {
            Size2D kernel = random.Pair(1, 3), dilation = random.OneOf<Size2D>(1, 1, 1, (1, 2), (2, 1));
            Size2D image = ConvolutionCases.ImageFor(random, kernel, dilation, spare: 4);
            Shape x = [random.Between(2, 3), random.Between(2, 3), image.Y, image.X];
            if (x.ElementCount <= 200)
            {
                return Case(random, make, x, kernel, dilation);
            }
        }
    }

    public static LayerCase Realistic(Philox random, Make make)
    {
        Size2D kernel = random.OneOf<Size2D>(2, 3, (2, 3));
        Size2D image = ConvolutionCases.ImageFor(random, kernel, 1, spare: 12);
        return Case(random, make, [random.Between(2, 4), random.Between(3, 6), image.Y, image.X], kernel, 1);
    }

    public static LayerCase SmallGlobal(Philox random) =>
        Global(random, [random.Between(2, 3), random.Between(2, 3), random.Between(1, 3), random.Between(5, 7)]);

    public static LayerCase RealisticGlobal(Philox random) =>
        Global(random, [random.Between(2, 4), random.Between(3, 9), random.Between(6, 8), random.Between(9, 13)]);

    private static LayerCase Global(Philox random, Shape x) => new(new GlobalAveragePooling2D(), x, random)
    {
        Traits = Traits.Linear | Traits.BatchEquivariant | Traits.ChannelEquivariant,
    };

    private static LayerCase Case(Philox random, Make make, Shape x, Size2D kernel, Size2D dilation)
    {
        Size2D? stride = random.OneOf<Size2D?>(null, 1, 2, (1, 2), (2, 1));

        // Less than the kernel, so that no window lies in the padding alone.
        Size2D fixedAmount = (random.NextInt(Math.Min(kernel.Y, 2)), random.NextInt(Math.Min(kernel.X, 2)));
        Padding padding = random.OneOf(Padding.Valid, Padding.Same, Padding.Of(fixedAmount));
        (Layer layer, Traits traits) = make(kernel, stride, padding, dilation);
        string settings = $"kernel {kernel}, stride {stride ?? kernel}, dilation {dilation}, padding {padding}";
        return new LayerCase(layer, x, random, configuration: settings)
        {
            Traits = traits | Traits.BatchEquivariant | Traits.ChannelEquivariant,
        };
    }
}
