using Engine.Backends;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>The operations that <c>engine bench</c> times, at sizes that the decks' networks have.</summary>
internal static class KernelCases
{
    // Elements of the arrays of an operation that only reads and writes: 64 MB of Float32, more than most caches hold.
    private const int Large = 1 << 24;

    // The size that other engines are compared at: it stays in the cache.
    private const int Small = 1 << 20;

    /// <summary>All of them.</summary>
    /// <param name="dtype">Float32 or Float64.</param>
    public static IReadOnlyList<KernelCase> Create(DType dtype)
    {
        ProductCases products = new(dtype);
        ImageCases images = new(dtype);
        StreamCases streams = new(dtype);
        return
        [
            .. ((int[])[64, 128, 256, 512, 1024, 2048]).Select(n => products.Product(n, n, n)),
            products.Product(128, 784, 512),
            products.Product(128, 784, 512, transposeB: true),
            products.Product(512, 128, 784, transposeA: true),
            products.Product(128, 512, 10),
            products.Product(128, 512, 10, transposeB: true),
            products.Product(128, 10, 512),
            products.Product(64, 150, 576),
            products.Product(64, 576, 1024),
            products.Product(1, 4096, 4096),
            products.Product(1, 4096, 4096, transposeB: true),
            .. images.Convolution("conv3x3", 64, 64, 32, 64, 3),
            .. images.Convolution("conv5x5", 64, 6, 14, 16, 5, padding: 0),
            .. images.Convolution("conv1x1", 8, 256, 28, 512, 1, padding: 0),
            .. images.Convolution("depthwise3x3", 8, 128, 56, 128, 3, groups: 128),
            images.Convolution("stem7x7", 8, 3, 224, 64, 7, stride: 2).First(),
            .. images.Pooling(64, 64, 32),
            .. images.BatchNormalization(32, 64, 32),
            .. ((UnaryOperation[])[UnaryOperation.Exp, UnaryOperation.Log]).Select(f => streams.Unary(f, Small)),
            streams.Activation(Activation.Tanh, Small),
            streams.Activation(Activation.Logistic, Small),
            streams.Add(Small),
            streams.Add(Large),
            streams.Activation(Activation.Relu, Large),
            streams.Sum(Large),
            streams.CrossEntropy(4096, 1000),
            streams.DropoutMask(Large),
            streams.Adam(Large / 4),
            streams.Sgd(Large / 4),
        ];
    }
}
