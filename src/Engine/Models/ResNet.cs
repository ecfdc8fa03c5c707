using Engine.Initializers;
using Engine.Layers;
using Engine.Networks;
using Engine.Tensors;

namespace Engine.Models;

/// <summary>What the residual networks share: a stem, four stages of residual blocks, the mean of each map, one dense layer.</summary>
/// <remarks>
/// <code>
///            output     filters
/// stem       112×112    conv 7×7, 64, step 2      for pictures below 64×64: conv 3×3, 64, step 1,
///             56×56     max pooling 3×3, step 2                             and no pooling
/// layer1      56×56     [block of  64]×n₁
/// layer2      28×28     [block of 128]×n₂
/// layer3      14×14     [block of 256]×n₃
/// layer4       7×7      [block of 512]×n₄
/// avgpool, fc            mean of each map, dense 1000
/// </code>
/// A block is y = max(0, body(x) + shortcut(x)). The first of each stage but the first halves the size. Its shortcut, as
/// any that must change its shape, is a 1×1 convolution ("projection", option B); all others are the identity. Every
/// convolution is followed by batch normalization and has no bias. (He, Zhang, Ren and Sun, "Deep residual learning for
/// image recognition", 2016, table 1; the stem for small pictures is that of section 4.2; deck F.)
/// </remarks>
public abstract class ResNet : ImageModel
{
    private static readonly HeNormal He = new();

    /// <summary>How many blocks each of the four stages has.</summary>
    private protected abstract ReadOnlySpan<int> Blocks { get; }

    /// <summary>How many times more channels leave a block than its 3×3 convolutions have.</summary>
    private protected abstract int Expansion { get; }

    /// <inheritdoc/>
    public override Network Create(Shape input, int classes, Philox random)
    {
        RequireImages(input, smallest: 2);
        bool small = Math.Min(input[1], input[2]) < 64;
        Network network = new()
        {
            Convolution("conv1", input[0], 64, small ? 3 : 7, random, stride: small ? 1 : 2),
            new BatchNormalization(64) { Name = "bn1" },
            new ReLU(),
        };
        if (!small)
        {
            network.Add(new MaxPooling2D(3, stride: 2, padding: 1));
        }

        int channels = 64;
        for (int stage = 0; stage < 4; stage++)
        {
            int filters = 64 << stage;
            Network layer = new() { Name = $"layer{stage + 1}" };
            for (int block = 0; block < Blocks[stage]; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                layer.Add(Block($"{block}", channels, filters, stride, random));
                layer.Add(new ReLU());
                channels = filters * Expansion;
            }

            network.Add(layer);
        }

        network.Add(new GlobalAveragePooling2D { Name = "avgpool" });
        network.Add(new Dense(channels, classes, random) { Name = "fc" });
        return network;
    }

    /// <summary>The body of a block: what learns the difference.</summary>
    /// <param name="channels">Of its input.</param>
    /// <param name="filters">Of its 3×3 convolutions.</param>
    /// <param name="stride">By how much it shrinks the image.</param>
    /// <param name="random">Where the weights come from.</param>
    private protected abstract Network Body(int channels, int filters, int stride, Philox random);

    /// <summary>A convolution that keeps the size, but for its stride, and leaves the bias to the normalization after it.</summary>
    private protected static Conv2D Convolution(string name, int channels, int filters, int kernel, Philox random, int stride = 1) =>
        new(channels, filters, kernel, random, stride, padding: kernel / 2, weights: He, bias: false) { Name = name };

    private Residual Block(string name, int channels, int filters, int stride, Philox random)
    {
        Network body = Body(channels, filters, stride, random);
        int outputs = filters * Expansion;
        Network? projection = stride == 1 && channels == outputs
            ? null
            : Sequential.Named("downsample", Convolution("", channels, outputs, 1, random, stride), new BatchNormalization(outputs));
        return new Residual(body, projection) { Name = name };
    }
}
