using System.Text;
using System.Text.Json;
using Engine.Formats;
using Engine.Layers;
using Engine.Models;
using Engine.Networks;

namespace Engine.Tests.Golden;

/// <summary>A second opinion on whole networks: logits, and gradients by the picture, as torchvision computes them in Float64 (see make_models.py).</summary>
public sealed class GoldenModels
{
    private static readonly JsonElement[] Cases =
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Golden", "values", "models.json")))
            .RootElement.GetProperty("cases").EnumerateArray()];

    private static IEnumerable<TestCaseData> Named => Cases.Select((c, i) => new TestCaseData(i)
        .SetArgDisplayNames($"{c.GetProperty("model").GetString()}, {c.GetProperty("size").GetInt32()} pixels"));

    [TestCaseSource(nameof(Named))]
    public void Logits_and_gradients_are_those_of_torchvision(int index)
    {
        JsonElement golden = Cases[index];
        int size = golden.GetProperty("size").GetInt32();
        Network network = ModelCatalog.Find(golden.GetProperty("model").GetString()!)!.Create([3, size, size], 10, new Philox(1));
        network.ConvertTo(DType.Float64);
        IReadOnlyList<PyTorchParameter> parameters = PyTorchWeights.Parameters(network);
        Assert.That(parameters, Has.Count.EqualTo(golden.GetProperty("tensors").GetInt32()));
        foreach (PyTorchParameter parameter in parameters)
        {
            Tensor value = WeightsOf(parameter);
            parameter.Parameter.CopyFrom(parameter.IsTransposed ? value.Transpose() : value);
            parameter.Parameter.Trainable = false;
        }

        Pass pass = new(Mode.Inference, records: true);
        Tensor y = network.Forward(Noise("input", [2, 3, size, size]), pass);
        Tensor dx = network.Backward(Noise("cotangent", y.Shape), pass);

        AssertEqual(golden.GetProperty("logits"), y, step: 1);
        AssertEqual(golden.GetProperty("dx"), dx, step: dx.ElementCount / golden.GetProperty("dx").GetArrayLength());
    }

    private static void AssertEqual(JsonElement golden, Tensor actual, int step)
    {
        double[] expected = [.. golden.EnumerateArray().Select(v => v.GetDouble())];
        double bound = 1e-9 * expected.Max(Math.Abs);
        Assert.That(expected.Select((_, i) => actual.GetFlat(i * step)), Is.EqualTo(expected).Within(bound));
    }

    // What fill() of make_models.py makes of a tensor of that name.
    private static Tensor WeightsOf(PyTorchParameter parameter)
    {
        Tensor noise = Noise(parameter.Name, parameter.Shape);
        Span<double> values = noise.AsSpan<double>();
        Shape shape = parameter.Shape;
        bool nearOne = shape.Rank == 1
            && (parameter.Name.EndsWith("running_var", StringComparison.Ordinal) || parameter.Name.EndsWith("weight", StringComparison.Ordinal));
        (double offset, double scale) = shape.Rank > 1 ? (0, Math.Sqrt(6.0 / (shape.ElementCount / shape[0])))
            : nearOne ? (1, 0.25)
            : (0, 0.125);
        foreach (ref double value in values)
        {
            value = offset + (scale * value);
        }

        return noise;
    }

    // u() of make_models.py: FNV-1a of the name, and MurmurHash3's finalizer on that and i.
    private static Tensor Noise(string name, Shape shape)
    {
        uint key = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            key = (key ^ b) * 16777619;
        }

        Tensor tensor = new(shape, DType.Float64);
        Span<double> values = tensor.AsSpan<double>();
        for (int i = 0; i < values.Length; i++)
        {
            uint h = ((uint)i * 0x9E3779B1) + key;
            h = (h ^ (h >> 16)) * 0x85EBCA6B;
            h = (h ^ (h >> 13)) * 0xC2B2AE35;
            values[i] = ((h ^ (h >> 16)) / 2147483648.0) - 1;
        }

        return tensor;
    }
}
