using Engine.Tensors;

namespace Engine.Data;

/// <summary>A named set of samples in memory: an input for each, and a label or target values.</summary>
/// <remarks>
/// Images stay bytes, a quarter of the memory, and are handed out as numbers from 0 to 1 (byte / 255). Parts of a set
/// (<see cref="Take"/>, <see cref="Split"/>) share its storage. A set never changes; any number of threads may read it.
/// </remarks>
public sealed class Dataset
{
    private readonly SampleStore inputs;
    private readonly Tensor targets;

    // Sample i of this set is row rows[i] of the storage.
    private readonly int[] rows;

    private Dataset(string name, SampleStore inputs, Tensor targets, int[] rows, IReadOnlyList<string> classNames)
    {
        (Name, this.inputs, this.targets, this.rows, ClassNames) = (name, inputs, targets, rows, classNames);
        TargetShape = targets.Shape.Without(0);
    }

    /// <summary>What to call the set, such as "mnist train".</summary>
    public string Name { get; }

    /// <summary>The number of samples.</summary>
    public int Count => rows.Length;

    /// <summary>The shape of one input: [1, 28, 28] for a grey image, [2] for two features.</summary>
    public Shape InputShape => inputs.SampleShape;

    /// <summary>The shape of one target: [] for a class label, [K] for K target values.</summary>
    public Shape TargetShape { get; }

    /// <summary>True when the targets are class labels (<see cref="DType.Int32"/>, from 0 to <see cref="ClassCount"/> − 1).</summary>
    public bool HasLabels => targets.DType == DType.Int32;

    /// <summary>What each label means; empty for a set of target values.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of classes; 0 for a set of target values.</summary>
    public int ClassCount => ClassNames.Count;

    /// <summary>A set of images.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="pixels">One byte per value, N images one after the other, each channel by channel and row by row.</param>
    /// <param name="imageShape">[C, H, W].</param>
    /// <param name="labels">N labels.</param>
    /// <param name="classNames">What each label means.</param>
    /// <exception cref="ArgumentException">The sizes do not agree, or a label has no class.</exception>
    public static Dataset OfImages(
        string name, byte[] pixels, Shape imageShape, ReadOnlySpan<int> labels, IReadOnlyList<string> classNames) =>
        Create(name, new ByteStore(pixels, imageShape), Tensor.From(labels, [labels.Length]), classNames);

    /// <summary>A set of numbers with class labels.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="inputs">N×…, of any type.</param>
    /// <param name="labels">N labels.</param>
    /// <param name="classNames">What each label means.</param>
    /// <exception cref="ArgumentException">The sizes do not agree, or a label has no class.</exception>
    public static Dataset OfLabels(string name, Tensor inputs, ReadOnlySpan<int> labels, IReadOnlyList<string> classNames) =>
        Create(name, new TensorStore(inputs), Tensor.From(labels, [labels.Length]), classNames);

    /// <summary>A set of numbers with target values, as for regression.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="inputs">N×…, of any type.</param>
    /// <param name="targets">N×…, Float32 or Float64.</param>
    /// <exception cref="ArgumentException">The sizes do not agree, or the targets are whole numbers.</exception>
    public static Dataset OfValues(string name, Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return targets.DType.IsFloat()
            ? Create(name, new TensorStore(inputs), targets, [])
            : throw new ArgumentException($"Target values are Float32 or Float64, given {targets.DType}. For labels use {nameof(OfLabels)}.");
    }

    /// <summary>The label of a sample.</summary>
    /// <exception cref="InvalidOperationException">The set has target values, not labels.</exception>
    public int Label(int index) => HasLabels
        ? targets.AsSpan<int>()[rows[index]]
        : throw new InvalidOperationException($"Data set '{Name}' has target values {TargetShape}, no labels.");

    /// <summary>How many samples each class has.</summary>
    public int[] CountPerClass()
    {
        int[] counts = new int[ClassCount];
        for (int i = 0; HasLabels && i < Count; i++)
        {
            counts[Label(i)]++;
        }

        return counts;
    }

    /// <summary>The first <paramref name="count"/> samples; all of them where there are fewer.</summary>
    public Dataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return With(rows[..Math.Min(count, Count)]);
    }

    /// <summary>The samples from the <paramref name="count"/>-th on.</summary>
    public Dataset Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, Count);
        return With(rows[count..]);
    }

    /// <summary>The samples at the given places, in that order.</summary>
    public Dataset Select(ReadOnlySpan<int> indices)
    {
        int[] selected = new int[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            selected[i] = rows[indices[i]];
        }

        return With(selected);
    }

    /// <summary>The same samples in an order drawn from the seed.</summary>
    public Dataset Shuffle(ulong seed) => Select(new Philox(seed).Permutation(Count));

    /// <summary>Two parts, in order: the first holds the given fraction of the samples, at least one; so does the second.</summary>
    /// <param name="fraction">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not between 0 and 1, or the set has fewer than two samples.</exception>
    public (Dataset First, Dataset Second) Split(double fraction)
    {
        if (fraction is not (> 0 and < 1) || Count < 2)
        {
            throw new ArgumentOutOfRangeException(
                nameof(fraction), $"Data set '{Name}' of {Count} samples cannot be split at {fraction}: needs two samples and a fraction between 0 and 1.");
        }

        int first = Math.Clamp((int)Math.Round(fraction * Count), 1, Count - 1);
        return (Take(first), Skip(first));
    }

    /// <summary>Writes the given samples into tensors that the caller owns; allocates nothing.</summary>
    /// <param name="indices">B places in the set.</param>
    /// <param name="inputs">B×<see cref="InputShape"/>, Float32 or Float64 (or Int32 where the inputs are whole numbers).</param>
    /// <param name="targets">
    /// For labels: Int32 [B]; or of a float type, [B, <see cref="ClassCount"/>] to get them one-hot, [B, 1] to get them as
    /// a number. For target values: B×<see cref="TargetShape"/> of a float type.
    /// </param>
    /// <exception cref="ArgumentException">A tensor has another shape or type.</exception>
    public void GetBatch(ReadOnlySpan<int> indices, Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.Shape != InputShape.Prepend(indices.Length))
        {
            throw new ArgumentException(
                $"{indices.Length} samples of data set '{Name}' have inputs {InputShape.Prepend(indices.Length)}, given a tensor {inputs.Shape}.");
        }

        TargetWriter.Check(this, indices.Length, targets);
        for (int i = 0; i < indices.Length; i++)
        {
            int row = rows[indices[i]];
            this.inputs.CopyTo(row, inputs, i);
            TargetWriter.Write(this.targets, row, targets, i);
        }
    }

    /// <summary>One input as a batch of one: 1×<see cref="InputShape"/>.</summary>
    public Tensor Input(int index, DType dtype = DType.Float32)
    {
        Tensor input = new(InputShape.Prepend(1), dtype);
        inputs.CopyTo(rows[index], input, 0);
        return input;
    }

    /// <summary>The whole set as two tensors: N×<see cref="InputShape"/> of the given type, and the targets as stored (values in the given type).</summary>
    public (Tensor Inputs, Tensor Targets) ToTensors(DType dtype = DType.Float32)
    {
        int[] all = new int[Count];
        for (int i = 0; i < Count; i++)
        {
            all[i] = i;
        }

        Tensor x = new(InputShape.Prepend(Count), dtype);
        Tensor y = new(TargetShape.Prepend(Count), HasLabels ? DType.Int32 : dtype);
        GetBatch(all, x, y);
        return (x, y);
    }

    /// <summary>The same samples under another name.</summary>
    public Dataset Named(string name) => new(name, inputs, targets, rows, ClassNames);

    /// <summary>"mnist train: 60000 samples [1, 28, 28], 10 classes".</summary>
    public override string ToString() =>
        $"{Name}: {Count} samples {InputShape}, {(HasLabels ? $"{ClassCount} classes" : $"targets {TargetShape}")}";

    private Dataset With(int[] selected) => new(Name, inputs, targets, selected, ClassNames);

    private static Dataset Create(string name, SampleStore inputs, Tensor targets, IReadOnlyList<string> classNames)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(classNames);
        int count = targets.Shape.Rank == 0 ? 0 : targets.Shape[0];
        if (inputs.Count != count)
        {
            throw new ArgumentException($"Data set '{name}' has {inputs.Count} inputs and {count} targets; every sample needs one of each.");
        }

        int[] rows = new int[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = i;
            if (targets.DType == DType.Int32 && (uint)targets.AsSpan<int>()[i] >= (uint)classNames.Count)
            {
                throw new ArgumentException(
                    $"Data set '{name}': sample {i} has label {targets.AsSpan<int>()[i]}, there are {classNames.Count} classes (labels 0 to {classNames.Count - 1}).");
            }
        }

        return new Dataset(name, inputs, targets, rows, classNames);
    }
}
