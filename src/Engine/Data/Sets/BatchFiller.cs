using Engine.Tensors;

namespace Engine.Data;

/// <summary>Cuts a data set into batches, one after the other, into buffers it is given.</summary>
internal sealed class BatchFiller
{
    private readonly Dataset data;
    private readonly BatchLoaderOptions options;
    private readonly int[] order;
    private readonly int tailCount;
    private int orderedEpoch = -1;
    private int epoch;
    private int step;

    public BatchFiller(Dataset data, BatchLoaderOptions options)
    {
        (this.data, this.options) = (data, options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options.BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLength, 1, nameof(options.QueueLength));
        ArgumentOutOfRangeException.ThrowIfNegative(options.StartEpoch, nameof(options.StartEpoch));
        ArgumentOutOfRangeException.ThrowIfNegative(options.StartStep, nameof(options.StartStep));
        tailCount = options.DropLast ? 0 : data.Count % options.BatchSize;
        StepsPerEpoch = (data.Count / options.BatchSize) + (tailCount > 0 ? 1 : 0);
        if (StepsPerEpoch == 0)
        {
            throw new ArgumentException(
                $"Data set '{data.Name}' has {data.Count} samples, fewer than a batch of {options.BatchSize}, and the last partial batch is to be dropped: no batch is left.");
        }

        // A run saved at the end of an epoch resumes at the beginning of the next.
        epoch = checked(options.StartEpoch + (options.StartStep / StepsPerEpoch));
        step = options.StartStep % StepsPerEpoch;
        order = new int[data.Count];
    }

    /// <summary>The number of batches in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>A buffer for any batch.</summary>
    public BatchBuffer MakeBuffer()
    {
        using OutsideScope outside = StepScope.Outside(Device.Cpu);
        return new BatchBuffer(MakeBatch(Math.Min(options.BatchSize, data.Count)), tailCount > 0 ? MakeBatch(tailCount) : null);
    }

    /// <summary>Puts the next batch into a buffer; null after the last epoch.</summary>
    public Batch? Fill(BatchBuffer buffer)
    {
        if (epoch >= options.EndEpoch)
        {
            return null;
        }

        if (orderedEpoch != epoch)
        {
            PutInOrder();
        }

        int first = step * options.BatchSize;
        int count = Math.Min(options.BatchSize, data.Count - first);
        Batch batch = buffer.Choose(count);
        (batch.Epoch, batch.Step) = (epoch, step);
        data.GetBatch(order.AsSpan(first, count), batch.Inputs, batch.Targets);
        options.Transform?.Invoke(batch);
        (epoch, step) = step + 1 < StepsPerEpoch ? (epoch, step + 1) : (epoch + 1, 0);
        return batch;
    }

    // Begins from 0 … N − 1 each time, so that the order of an epoch does not depend on the epochs before it.
    private void PutInOrder()
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        if (options.Shuffle)
        {
            new Philox(options.Seed, (ulong)epoch).Shuffle<int>(order);
        }

        orderedEpoch = epoch;
    }

    private Batch MakeBatch(int count)
    {
        (Shape shape, DType dtype) = TargetWriter.Describe(data, count, options.Targets, options.DType);
        return new Batch(new Tensor(data.InputShape.Prepend(count), options.DType), new Tensor(shape, dtype));
    }
}
