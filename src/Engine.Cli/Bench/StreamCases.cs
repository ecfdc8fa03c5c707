using Engine.Backends;
using Engine.Tensors;

namespace Engine.Cli.Bench;

/// <summary>Operations that do little with each number: what counts is how fast numbers come and go.</summary>
/// <param name="dtype">Float32 or Float64.</param>
internal sealed class StreamCases(DType dtype)
{
    /// <summary>y = f(x).</summary>
    public KernelCase Unary(UnaryOperation operation, int count) => OneToOne($"{operation}".ToLowerInvariant(), count, (x, y) => Backend.Of(x).Unary(operation, x, y));

    /// <summary>An activation.</summary>
    public KernelCase Activation(Activation activation, int count) =>
        OneToOne($"{activation}".ToLowerInvariant(), count, (x, y) => Backend.Of(x).ActivationForward(activation, x, y));

    /// <summary>y = a + b.</summary>
    public KernelCase Add(int count) => new($"add {count}", $"{count:#,0} numbers", count, Traffic(count, 3), () =>
    {
        (Tensor a, Tensor b, Tensor y) = (Numbers(count), Numbers(count), new Tensor([count], dtype));
        return () => Backend.Of(a).Binary(BinaryOperation.Add, a, b, y);
    });

    /// <summary>Σ x.</summary>
    public KernelCase Sum(int count) => new("sum", $"{count:#,0} numbers", count, Traffic(count, 1), () =>
    {
        (Tensor x, Tensor sum) = (Numbers(count), new Tensor([], dtype));
        return () => Backend.Of(x).Reduce(Reduction.Sum, x, 0, sum);
    });

    /// <summary>Softmax and cross-entropy, on labels.</summary>
    public KernelCase CrossEntropy(int samples, int classes) => new(
        "softmax cross-entropy", $"{samples} samples, {classes} classes", 5.0 * samples * classes, Traffic((double)samples * classes, 2), () =>
        {
            Tensor x = KernelCase.Uniform(new Philox(1), dtype, samples, classes), probabilities = new(x.Shape, dtype);
            Tensor labels = Tensor.Zeros([samples], DType.Int32), loss = new([], dtype);
            return () => Backend.Of(x).SoftmaxCrossEntropyForward(x, labels, probabilities, loss);
        });

    /// <summary>The mask of a dropout of one half.</summary>
    public KernelCase DropoutMask(int count) => new("dropout mask", $"{count:#,0} numbers", count, Traffic(count, 1), () =>
    {
        Tensor mask = new([count], dtype);
        return () => Backend.Of(mask).DropoutMask(1, 0, 0, 0.5, mask);
    });

    /// <summary>A step of Adam: four arrays read, three written.</summary>
    public KernelCase Adam(int count) => new("Adam", $"{count:#,0} parameters", 12.0 * count, Traffic(count, 7), () =>
    {
        AdamItem[] items = [new(Numbers(count), Tensor.Zeros([count], dtype), Tensor.Zeros([count], dtype), Numbers(count))];
        long step = 0;
        return () => Backend.Of(items[0].Theta).AdamStep(items, new AdamSettings(1e-6, 0.9, 0.999, 1e-8), ++step);
    });

    /// <summary>A step of gradient descent with momentum: three arrays read, two written.</summary>
    public KernelCase Sgd(int count) => new("SGD with momentum", $"{count:#,0} parameters", 4.0 * count, Traffic(count, 5), () =>
    {
        SgdItem[] items = [new(Numbers(count), Tensor.Zeros([count], dtype), Numbers(count))];
        return () => Backend.Of(items[0].Theta).SgdStep(items, 1e-6, 0.9);
    });

    private KernelCase OneToOne(string name, int count, Action<Tensor, Tensor> operation) => new(name, $"{count:#,0} numbers", count, Traffic(count, 2), () =>
    {
        (Tensor x, Tensor y) = (Numbers(count), new Tensor([count], dtype));
        return () => operation(x, y);
    });

    private Tensor Numbers(int count) => KernelCase.Uniform(new Philox(1), dtype, count);

    private double Traffic(double count, int arrays) => count * arrays * dtype.Size();
}
