namespace Native.Kernels.Driver;

/// <summary>A lasting copy of a kernel's arguments, structures included, to launch it with again.</summary>
internal sealed unsafe class PackedArguments
{
    private const int Alignment = 16;

    private readonly byte[] bytes;
    private readonly int[] offsets;
    private readonly int[] sizes;

    /// <summary>A copy of arguments.</summary>
    public PackedArguments(ReadOnlySpan<KernelArgument> arguments)
    {
        offsets = new int[arguments.Length];
        sizes = new int[arguments.Length];
        int total = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            (offsets[i], sizes[i]) = (total, arguments[i].Size);
            total += (sizes[i] + Alignment - 1) / Alignment * Alignment;
        }

        // Pinned, so that addresses into it can be handed to the driver at any time.
        bytes = GC.AllocateArray<byte>(total, pinned: true);
        Replace(arguments);
    }

    /// <summary>How many there are.</summary>
    public int Count => offsets.Length;

    /// <summary>True where there are as many others, of the same sizes. Not every driver can tell what a kernel takes.</summary>
    public bool AreLike(ReadOnlySpan<KernelArgument> others)
    {
        if (others.Length != sizes.Length)
        {
            return false;
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            if (others[i].Size != sizes[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes over the values of other arguments that are alike.</summary>
    /// <returns>True if one differs from what was here.</returns>
    public bool Replace(ReadOnlySpan<KernelArgument> arguments)
    {
        bool differs = false;
        fixed (KernelArgument* first = arguments)
        {
            for (int i = 0; i < offsets.Length; i++)
            {
                ReadOnlySpan<byte> value = new(KernelArgument.AddressOf(first + i), sizes[i]);
                Span<byte> here = bytes.AsSpan(offsets[i], sizes[i]);
                if (!value.SequenceEqual(here))
                {
                    value.CopyTo(here);
                    differs = true;
                }
            }
        }

        return differs;
    }

    /// <summary>Writes the address of each value, as the driver wants them.</summary>
    public void AddressesTo(void** parameters)
    {
        fixed (byte* first = bytes)
        {
            for (int i = 0; i < offsets.Length; i++)
            {
                parameters[i] = first + offsets[i];
            }
        }
    }
}
