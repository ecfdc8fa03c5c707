using Engine.Tensors;

namespace Engine.Data;

/// <summary>Sets small enough to be written down, for the first chapters.</summary>
internal static class TinySets
{
    private static readonly float[] Corners = [0, 0, 0, 1, 1, 0, 1, 1];

    /// <summary>Height and weight of 12 adults of two sports, centred on 175 cm and 75 kg, in units of 10 cm and 10 kg.</summary>
    private static readonly float[] Bodies =
    [
        -1.2f, -1.9f, -0.7f, -1.6f, -0.9f, -1.2f, -0.2f, -1.5f, -0.5f, -0.8f, 0.1f, -1.1f,
        0.4f, 1.2f, 0.9f, 0.8f, 0.7f, 1.9f, 1.3f, 1.4f, 1.1f, 2.3f, -0.1f, 1.6f,
    ];

    /// <summary>A truth table: the four corners of the unit square and the value of the gate at each, in the order 00 01 10 11.</summary>
    public static Dataset Gate(string name, int at00, int at01, int at10, int at11) =>
        Dataset.OfLabels(name, Tensor.From(Corners, [4, 2]), [at00, at01, at10, at11], ["0", "1"]);

    /// <summary>Two points on the line y = 2x + 1.</summary>
    public static Dataset Line() =>
        Dataset.OfValues("line", Tensor.From([1f, 2f], [2, 1]), Tensor.From([3f, 5f], [2, 1]));

    /// <summary>Twelve people, light runners and heavy rowers: linearly separable, for a 2-2-1 network.</summary>
    public static Dataset Athletes() =>
        Dataset.OfLabels("athletes", Tensor.From(Bodies, [12, 2]), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], ["runner", "rower"]);

    /// <summary>Two Gaussian clouds of deviation 1 around (−1.5, −1) and (1.5, 1), point i a function of the seed and i.</summary>
    public static Dataset Blobs(string name, ulong seed, int first, int count)
    {
        float[] points = new float[2 * count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            Philox random = new(seed, (ulong)(first + i));
            labels[i] = i & 1;
            double side = labels[i] == 0 ? -1 : 1;
            points[2 * i] = (float)((1.5 * side) + random.NextNormal());
            points[(2 * i) + 1] = (float)(side + random.NextNormal());
        }

        return Dataset.OfLabels(name, Tensor.From(points, [count, 2]), labels, ["lower left", "upper right"]);
    }
}
