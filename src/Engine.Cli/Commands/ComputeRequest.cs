using Engine.Backends;
using Engine.Backends.Cuda;
using Engine.Cli.Options;
using Engine.Tensors;
using Native.Kernels;
using Native.Kernels.Libraries;

namespace Engine.Cli.Commands;

/// <summary>On what to compute, and how, as the user asked; null where nothing was said.</summary>
internal sealed record ComputeRequest
{
    /// <summary>The device.</summary>
    public Device? Device { get; init; }

    /// <summary>Whether training steps are captured as CUDA graphs.</summary>
    public Switch? CudaGraph { get; init; }

    /// <summary>Who convolves.</summary>
    public Implementation? Convolution { get; init; }

    /// <summary>Who multiplies matrices.</summary>
    public Implementation? MatrixProduct { get; init; }

    /// <summary>How exactly matrices are multiplied in Float32.</summary>
    public MatrixMode? MatrixMode { get; init; }

    /// <summary>The device that was asked for, or else the CPU.</summary>
    public Device On => Device ?? Tensors.Device.Cpu;

    /// <summary>
    /// Readies the device and sets how CUDA computes in this process; what was not said becomes the default.
    /// </summary>
    /// <param name="dtype">The element type of the run.</param>
    /// <returns>The device.</returns>
    /// <exception cref="MistakeException">An option means nothing on the device.</exception>
    /// <exception cref="NativeLibraryException">A library that was asked for is not there.</exception>
    public Device Apply(DType dtype)
    {
        RequireMeaning(dtype);
        RequireLibrary(Convolution, NativeLibraries.CuDnn);
        RequireLibrary(MatrixProduct, NativeLibraries.CuBlas);
        CudaSettings.UseGraphs = CudaGraph != Switch.Off;
        CudaSettings.Convolutions = Convolution ?? Implementation.Library;
        CudaSettings.MatrixProducts = MatrixProduct ?? Implementation.Library;
        CudaSettings.MatrixMode = MatrixMode ?? Native.Kernels.MatrixMode.Float32;

        // A device that cannot be used should say so before anything else is done.
        _ = Backend.Of(On);
        return On;
    }

    /// <summary>The device in use and what was asked of it: "on NVIDIA H200 (cuda:0), own kernels for convolution".</summary>
    public string Describe()
    {
        List<string> words = [DeviceNames.Of(On)];
        AddIf(CudaGraph == Switch.Off, "without CUDA graphs");
        AddIf(UsesOwn(Convolution, NativeLibraries.CuDnn), "own kernels for convolution");
        AddIf(UsesOwn(MatrixProduct, NativeLibraries.CuBlas), "own kernels for matrix products");
        AddIf(Rounds, $"matrices in {Mode}");
        return string.Join(", ", words);

        void AddIf(bool condition, string text)
        {
            if (condition)
            {
                words.Add(text);
            }
        }
    }

    /// <summary>What was not asked, as an interrupted run had it. On a device of another kind only that device counts.</summary>
    /// <param name="saved">The run's settings; see <see cref="Keep"/>.</param>
    public ComputeRequest OrAsBefore(IReadOnlyDictionary<string, string> saved)
    {
        Device? before = saved.TryGetValue("device", out string? name) ? Tensors.Device.Parse(name) : null;
        return Device is { } device && device.Kind != before?.Kind
            ? this
            : new ComputeRequest
            {
                Device = Device ?? before,
                CudaGraph = CudaGraph ?? ComputeOptionGroup.OnOff.Read(saved.GetValueOrDefault("cuda-graph")),
                Convolution = Convolution ?? ComputeOptionGroup.Convolutions.Read(saved.GetValueOrDefault("convolution")),
                MatrixProduct = MatrixProduct ?? ComputeOptionGroup.MatrixProducts.Read(saved.GetValueOrDefault("matrix-product")),
                MatrixMode = MatrixMode ?? ComputeOptionGroup.MatrixModes.Read(saved.GetValueOrDefault("matrix-mode")),
            };
    }

    /// <summary>Adds what was asked to the settings that are kept with a run.</summary>
    public void Keep(Dictionary<string, string> settings)
    {
        Add("device", Device, device => $"{device}");
        Add("cuda-graph", CudaGraph, ComputeOptionGroup.OnOff.Of);
        Add("convolution", Convolution, ComputeOptionGroup.Convolutions.Of);
        Add("matrix-product", MatrixProduct, ComputeOptionGroup.MatrixProducts.Of);
        Add("matrix-mode", MatrixMode, ComputeOptionGroup.MatrixModes.Of);

        void Add<T>(string key, T? value, Func<T, string> word)
            where T : struct
        {
            if (value is { } said)
            {
                settings[key] = word(said);
            }
        }
    }

    // On a GPU it is worth saying: either was wanted so, or the library is not there.
    private bool UsesOwn(Implementation? asked, string library) =>
        On.Kind == DeviceKind.Cuda && (asked == Implementation.Kernels || !NativeLibraries.IsAvailable(library));

    private static void RequireLibrary(Implementation? asked, string library)
    {
        if (asked == Implementation.Library)
        {
            NativeLibraries.Require(library);
        }
    }

    private bool Rounds => MatrixMode is Native.Kernels.MatrixMode.TensorFloat32 or Native.Kernels.MatrixMode.BFloat16;

    private string Mode => MatrixMode is { } mode ? ComputeOptionGroup.MatrixModes.Of(mode) : "";

    private void RequireMeaning(DType dtype)
    {
        if (On == Tensors.Device.Cpu)
        {
            string? option = CudaGraph is not null ? "--cuda-graph"
                : Convolution is not null ? "--convolution"
                : MatrixProduct is not null ? "--matrix-product"
                : MatrixMode is not null ? "--matrix-mode" : null;
            Refuse(option is not null, $"{option} is for CUDA; the CPU has no use for it. Leave it out, or name a device: --device cuda.");
        }

        string mode = $"--matrix-mode {Mode}";
        if (On.Kind == DeviceKind.Emulated)
        {
            Refuse(Convolution == Implementation.Library, "--convolution cudnn needs a GPU: emulated CUDA has the engine's own kernels only. Leave it out.");
            Refuse(MatrixProduct == Implementation.Library, "--matrix-product cublas needs a GPU: emulated CUDA has the engine's own kernels only. Leave it out.");
            Refuse(Rounds, $"{mode} needs a GPU: emulated CUDA computes exactly as the type says. Leave it out.");
        }

        Refuse(Rounds && dtype == DType.Float64, $"{mode} is for float32 numbers, and --dtype says float64. Leave one of them out.");
        Refuse(
            Rounds && MatrixProduct == Implementation.Kernels && Convolution == Implementation.Kernels,
            $"{mode} is done by cuBLAS and cuDNN, and both are switched off. Leave out --matrix-product kernels or --convolution kernels.");
    }

    private static void Refuse(bool condition, string message)
    {
        if (condition)
        {
            throw new MistakeException(message);
        }
    }
}
