using Engine.Formats;
using Engine.Layers;

namespace Engine.Tests.Golden;

/// <summary>One file of values/: what PyTorch made of a case, in Float64 (see make_golden.py).</summary>
internal sealed class GoldenFile(string name)
{
    private readonly IReadOnlyDictionary<string, Tensor> tensors = SafetensorsFile.Read(PathOf(name)).Tensors;

    public Tensor this[string key] => tensors[key];

    public static string PathOf(string name) =>
        Path.Combine(TestContext.CurrentContext.TestDirectory, "Golden", "values", $"{name}.safetensors");

    /// <summary>Gives a layer the file's parameters, in Float64.</summary>
    public void LoadInto(Layer layer)
    {
        layer.ConvertTo(DType.Float64);
        foreach ((string path, Parameter parameter) in layer.NamedParameters())
        {
            tensors[path].CopyTo(parameter.Value);
        }
    }

    /// <summary>Compares to 1e-12 of the largest element: both sides work in Float64 and differ only in the order of their sums.</summary>
    public void AssertEqual(string key, Tensor actual)
    {
        Tensor expected = tensors[key];
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape), key);
        double[] values = expected.AsSpan<double>().ToArray();
        double bound = 1e-12 * Math.Max(1, values.Max(Math.Abs));
        Assert.That(actual.AsSpan<double>().ToArray(), Is.EqualTo(values).Within(bound), key);
    }
}
