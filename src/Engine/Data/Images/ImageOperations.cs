using Engine.Tensors;

namespace Engine.Data;

/// <summary>What a picture goes through on its way into a network: grey, smaller, a batch of one.</summary>
public static class ImageOperations
{
    // Rec. ITU-R BT.601, in 16 bits: 0.299, 0.587 and 0.114 add up to 1.
    private const int RedWeight = 19595;
    private const int GreenWeight = 38470;
    private const int BlueWeight = 7471;

    extension(Image image)
    {
        /// <summary>One channel of brightness: Y' = 0.299 R + 0.587 G + 0.114 B (Rec. ITU-R BT.601). Opacity is put on white first.</summary>
        public Image ToGrey()
        {
            ArgumentNullException.ThrowIfNull(image);
            Image opaque = image.OnWhite();
            if (opaque.Channels == 1)
            {
                return opaque;
            }

            Image grey = new(1, image.Height, image.Width);
            ReadOnlySpan<byte> red = opaque.Plane(0), green = opaque.Plane(1), blue = opaque.Plane(2);
            for (int i = 0; i < grey.Pixels.Length; i++)
            {
                grey.Pixels[i] = (byte)(((RedWeight * red[i]) + (GreenWeight * green[i]) + (BlueWeight * blue[i]) + (1 << 15)) >> 16);
            }

            return grey;
        }

        /// <summary>Three channels: grey is repeated. Opacity is put on white first.</summary>
        public Image ToRgb()
        {
            ArgumentNullException.ThrowIfNull(image);
            Image opaque = image.OnWhite();
            return opaque.Channels == 3
                ? opaque
                : new Image(3, image.Height, image.Width, [.. opaque.Pixels, .. opaque.Pixels, .. opaque.Pixels]);
        }

        /// <summary>The picture without opacity, as it looks on white paper; itself where it has none.</summary>
        public Image OnWhite()
        {
            ArgumentNullException.ThrowIfNull(image);
            if (image.Channels is 1 or 3)
            {
                return image;
            }

            Image opaque = new(image.Channels - 1, image.Height, image.Width);
            ReadOnlySpan<byte> opacity = image.Plane(image.Channels - 1);
            for (int channel = 0; channel < opaque.Channels; channel++)
            {
                Span<byte> from = image.Plane(channel), to = opaque.Plane(channel);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = (byte)(((from[i] * opacity[i]) + (255 * (255 - opacity[i])) + 127) / 255);
                }
            }

            return opaque;
        }

        /// <summary>The picture in another size: pixels averaged by area where an axis shrinks, blended linearly where it grows.</summary>
        /// <param name="height">The new number of rows.</param>
        /// <param name="width">The new number of columns.</param>
        public Image Resize(int height, int width)
        {
            ArgumentNullException.ThrowIfNull(image);
            Image resized = new(image.Channels, height, width);
            for (int channel = 0; channel < image.Channels; channel++)
            {
                Resampler.Resample(
                    image.Plane(channel), image.Width, 0, 0, image.Width, image.Height, resized.Plane(channel), width, height);
            }

            return resized;
        }

        /// <summary>The negative: 255 − value in every channel but opacity.</summary>
        public Image Invert()
        {
            ArgumentNullException.ThrowIfNull(image);
            byte[] pixels = (byte[])image.Pixels.Clone();
            int colors = image.Channels is 1 or 3 ? image.Channels : image.Channels - 1;
            foreach (ref byte value in pixels.AsSpan(0, colors * image.Height * image.Width))
            {
                value = (byte)(255 - value);
            }

            return new Image(image.Channels, image.Height, image.Width, pixels);
        }

        /// <summary>A batch of one, 1×C×H×W, with values from 0 to 1.</summary>
        public Tensor ToBatch(DType dtype = DType.Float32)
        {
            ArgumentNullException.ThrowIfNull(image);
            Tensor batch = new([1, image.Channels, image.Height, image.Width], dtype);
            new ByteStore(image.Pixels, [image.Channels, image.Height, image.Width]).CopyTo(0, batch, 0);
            return batch;
        }
    }

    /// <summary>A picture of a tensor C×H×W or 1×C×H×W: values from 0 to 1 become 0 to 255, others the nearest of these.</summary>
    /// <exception cref="ArgumentException">The tensor has another shape, or is not of a float type.</exception>
    public static Image ToImage(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Shape shape = tensor.Shape.Rank == 4 && tensor.Shape[0] == 1 ? tensor.Shape.Without(0) : tensor.Shape;
        if (shape.Rank != 3 || shape[0] > 4 || !tensor.DType.IsFloat())
        {
            throw new ArgumentException($"A picture is C×H×W or 1×C×H×W with 1 to 4 channels of a float type, given {tensor.DType} {tensor.Shape}.");
        }

        Image image = new(shape[0], shape[1], shape[2]);
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels[i] = (byte)Math.Round(255 * Math.Clamp(tensor.GetFlat(i), 0, 1));
        }

        return image;
    }
}
