namespace Native.Kernels.Libraries;

/// <summary>A shared library under one of its names.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="CudaMajor">The CUDA version that it is part of, or 0 where the name does not say.</param>
/// <param name="Companions">
/// Patterns of files in the same folder that it opens by bare name, in the order in which they need each other. Loaded
/// first by their full path, they are found whatever the loader's own search would have come up with.
/// </param>
internal sealed record LibraryFile(string Name, int CudaMajor = 0, params string[] Companions);

/// <summary>A library of NVIDIA's that this project calls: what it is called, where it may lie, and what to do without it.</summary>
/// <param name="Key">The name used in this project's bindings.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Linux">Its files on Linux, the preferred first.</param>
/// <param name="Windows">Its files on Windows, the preferred first.</param>
/// <param name="WheelFolders">Where Python packages put it, below site-packages/nvidia, without the last folder (lib or bin).</param>
/// <param name="PathVariables">Environment variables that name an installation of it.</param>
/// <param name="Needs">Other libraries that it opens itself.</param>
/// <param name="Advice">What to do where it is missing.</param>
internal sealed record VendorLibrary(
    string Key,
    string Title,
    LibraryFile[] Linux,
    LibraryFile[] Windows,
    string[] WheelFolders,
    string[] PathVariables,
    string[] Needs,
    string Advice)
{
    private static readonly string[] ToolkitVariables = ["CUDA_PATH", "CUDA_HOME"];

    /// <summary>All of them, by key.</summary>
    public static IReadOnlyDictionary<string, VendorLibrary> All { get; } =
        ((VendorLibrary[])[Driver(), CuBlas(), CuDnn(), Nvrtc()]).ToDictionary(library => library.Key);

    /// <summary>True for the driver, which comes with the system and is in no toolkit.</summary>
    public bool IsDriver => Key == NativeLibraries.Driver;

    /// <summary>Its files on this system.</summary>
    public LibraryFile[] Files(bool windows) => windows ? Windows : Linux;

    private static VendorLibrary Driver() => new(
        NativeLibraries.Driver,
        "NVIDIA driver",
        [new("libcuda.so.1"), new("libcuda.so")],
        [new("nvcuda.dll")],
        [],
        [],
        [],
        "Install the NVIDIA driver, version 525 or newer (580 or newer for CUDA 13), on a machine with an NVIDIA GPU");

    private static VendorLibrary CuBlas() => new(
        NativeLibraries.CuBlas,
        "cuBLAS",
        [new("libcublas.so.13", 13, "libcublasLt.so.13"), new("libcublas.so.12", 12, "libcublasLt.so.12")],
        [new("cublas64_13.dll", 13, "cublasLt64_13.dll"), new("cublas64_12.dll", 12, "cublasLt64_12.dll")],
        ["cu13", "cublas"],
        ToolkitVariables,
        [],
        "Install the CUDA toolkit 12 or 13, or the Python package nvidia-cublas (nvidia-cublas-cu12 for CUDA 12)");

    // libcudnn is a thin front that opens the others by bare name, and those open cuBLAS and NVRTC. (NVIDIA, "cuDNN
    // backend", library organization.)
    private static VendorLibrary CuDnn() => new(
        NativeLibraries.CuDnn,
        "cuDNN",
        [
            new(
                "libcudnn.so.9",
                0,
                "libcudnn_graph.so.9",
                "libcudnn_engines_*.so.9",
                "libcudnn_heuristic.so.9",
                "libcudnn_ops.so.9",
                "libcudnn_cnn.so.9"),
        ],
        [
            new(
                "cudnn64_9.dll",
                0,
                "cudnn_graph64_9.dll",
                "cudnn_engines_*64_9.dll",
                "cudnn_heuristic64_9.dll",
                "cudnn_ops64_9.dll",
                "cudnn_cnn64_9.dll"),
        ],
        ["cudnn"],
        ["CUDNN_PATH", "CUDNN_HOME", .. ToolkitVariables],
        [NativeLibraries.CuBlas, NativeLibraries.Nvrtc],
        "Install cuDNN 9, or the Python package nvidia-cudnn-cu13 (nvidia-cudnn-cu12 for CUDA 12); "
            + "--convolution kernels does without it");

    private static VendorLibrary Nvrtc() => new(
        NativeLibraries.Nvrtc,
        "NVRTC",
        [new("libnvrtc.so.13", 13, "libnvrtc-builtins.so.13*"), new("libnvrtc.so.12", 12, "libnvrtc-builtins.so.12*")],
        [new("nvrtc64_130_0.dll", 13, "nvrtc-builtins64_13*.dll"), new("nvrtc64_120_0.dll", 12, "nvrtc-builtins64_12*.dll")],
        ["cu13", "cuda_nvrtc"],
        ToolkitVariables,
        [],
        "Install the CUDA toolkit 12 or 13, or the Python package nvidia-cuda-nvrtc (nvidia-cuda-nvrtc-cu12 for CUDA 12)");
}
