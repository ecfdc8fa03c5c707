using Engine.Tensors;
using Native.Kernels.Driver;

namespace Engine.Cli.KernelChecks;

/// <summary>The arguments of one launch: arrays in device memory, full of numbers that a seed reproduces, and scalars.</summary>
internal sealed class KernelBuffers : IDisposable
{
    private const double UsualLow = -2, UsualHigh = 2, UsualWholeHigh = 99;

    private readonly List<(KernelParameter Parameter, CudaDeviceVariable<byte> Memory)> arrays = [];

    /// <summary>Makes the arguments. Two of one case hold the same numbers.</summary>
    /// <param name="context">The device.</param>
    /// <param name="kernel">What to make them for.</param>
    /// <param name="names">What the names of the declaration stand for.</param>
    /// <exception cref="FormatException">A length or bound cannot be computed.</exception>
    public KernelBuffers(CudaContext context, CheckedKernel kernel, IReadOnlyDictionary<string, double> names)
    {
        IReadOnlyList<KernelParameter> parameters = kernel.Signature.Parameters;
        Arguments = new KernelArgument[parameters.Count];
        for (int i = 0; i < parameters.Count; i++)
        {
            KernelParameter parameter = parameters[i];
            if (parameter.IsPointer)
            {
                DeclaredArray array = kernel.Declaration.Arrays[parameter.Name];
                CudaDeviceVariable<byte> memory = context.Allocate<byte>(Contents(parameter.Type, array, names, new Philox(1, (ulong)i)), parameter.Name);
                arrays.Add((parameter, memory));
                Arguments[i] = memory.Address;
            }
            else
            {
                byte[] value = new byte[8];
                parameter.Type.Write(value, names[parameter.Name]);
                Arguments[i] = Scalar(value, parameter.Type.Size);
            }
        }
    }

    /// <summary>In the kernel's order.</summary>
    public KernelArgument[] Arguments { get; }

    /// <summary>The arrays that a kernel may have written, as they are now.</summary>
    public IReadOnlyList<(KernelParameter Parameter, byte[] Contents)> Read() =>
        [.. arrays.Where(a => !a.Parameter.IsConst).Select(a => (a.Parameter, a.Memory.ToArray()))];

    /// <inheritdoc/>
    public void Dispose() => arrays.ForEach(a => a.Memory.Dispose());

    private static byte[] Contents(ElementType type, DeclaredArray array, IReadOnlyDictionary<string, double> names, Philox random)
    {
        double length = array.Length.Evaluate(names);
        if (length < 1 || length * type.Size > int.MaxValue)
        {
            throw new FormatException($"array '{array.Name}' would have {length} elements");
        }

        double low = array.Low?.Evaluate(names) ?? (type.Kind == NumberKind.Floating ? UsualLow : 0);
        double high = array.High?.Evaluate(names) ?? (type.Kind == NumberKind.Floating ? UsualHigh : UsualWholeHigh);
        byte[] contents = new byte[(int)length * type.Size];
        for (int i = 0; i < contents.Length; i += type.Bytes)
        {
            type.Write(contents.AsSpan(i), type.Draw(random, low, high));
        }

        return contents;
    }

    private static KernelArgument Scalar(byte[] value, int size) => size switch
    {
        1 => KernelArgument.From(value[0]),
        4 => BitConverter.ToUInt32(value),
        8 => BitConverter.ToUInt64(value),
        _ => throw new FormatException($"a scalar of {size} bytes cannot be declared"),
    };
}
