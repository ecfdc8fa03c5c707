using System.Runtime.InteropServices;

namespace Native.Kernels.Emulation;

/// <summary>The functions of the emulator's shared library, of which two may be loaded side by side: the plain and the checked one.</summary>
internal sealed unsafe class EmulatorLibrary
{
    private readonly delegate* unmanaged<byte*, nint> moduleLoad;
    private readonly delegate* unmanaged<nint, int> moduleUnload;
    private readonly delegate* unmanaged<nint, byte*, nint> moduleFunction;
    private readonly delegate* unmanaged<nint, uint*, int, int> functionParameters;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, void**, int> launch;
    private readonly delegate* unmanaged<byte*> lastError;
    private readonly delegate* unmanaged<nuint, byte*, nint> malloc;
    private readonly delegate* unmanaged<nint, int> free;
    private readonly delegate* unmanaged<void*, nuint, int> checkRange;
    private readonly delegate* unmanaged<byte*, long, void> option;

    /// <summary>Loads the library.</summary>
    /// <exception cref="EmulatorMissingException">It is not there.</exception>
    public EmulatorLibrary(bool isChecked)
    {
        Path = EmulatorFiles.Find(EmulatorFiles.Emulator(isChecked));
        nint library = NativeLibrary.Load(Path);
        moduleLoad = (delegate* unmanaged<byte*, nint>)NativeLibrary.GetExport(library, "emu_module_load");
        moduleUnload = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "emu_module_unload");
        moduleFunction = (delegate* unmanaged<nint, byte*, nint>)NativeLibrary.GetExport(library, "emu_module_function");
        functionParameters = (delegate* unmanaged<nint, uint*, int, int>)NativeLibrary.GetExport(library, "emu_function_parameters");
        launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, void**, int>)NativeLibrary.GetExport(library, "emu_launch");
        lastError = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(library, "emu_last_error");
        malloc = (delegate* unmanaged<nuint, byte*, nint>)NativeLibrary.GetExport(library, "emu_malloc");
        free = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(library, "emu_free");
        checkRange = (delegate* unmanaged<void*, nuint, int>)NativeLibrary.GetExport(library, "emu_check_range");
        option = (delegate* unmanaged<byte*, long, void>)NativeLibrary.GetExport(library, "emu_option");
    }

    /// <summary>Where it was found.</summary>
    public string Path { get; }

    /// <summary>What the calling thread's last failure was, in words.</summary>
    public string LastError => Marshal.PtrToStringUTF8((nint)lastError()) ?? "";

    /// <summary>Loads a library of kernels; 0 on failure.</summary>
    public nint LoadModule(string path) => WithText(path, text => moduleLoad(text));

    /// <summary>Unloads a library of kernels.</summary>
    public int UnloadModule(nint module) => moduleUnload(module);

    /// <summary>A kernel by name; 0 where there is none.</summary>
    public nint FindFunction(nint module, string name) => WithText(name, text => moduleFunction(module, text));

    /// <summary>The size of a parameter, or −1 past the last.</summary>
    public int ParameterSize(nint function, int index)
    {
        uint* sizes = stackalloc uint[index + 1];
        return functionParameters(function, sizes, index + 1) > index ? (int)sizes[index] : -1;
    }

    /// <summary>Runs a kernel to its end. Returns 0 or a result code of the driver.</summary>
    public int Launch(nint function, in Driver.Dim3 grid, in Driver.Dim3 block, uint sharedBytes, void** parameters) =>
        launch(function, grid.X, grid.Y, grid.Z, block.X, block.Y, block.Z, sharedBytes, parameters);

    /// <summary>Memory with a name, full of NaN; 0 where there is not so much.</summary>
    public nint Allocate(nuint bytes, string label) => WithText(label, text => malloc(bytes, text));

    /// <summary>Gives memory back; not 0 where it is none.</summary>
    public int Free(nint pointer) => free(pointer);

    /// <summary>0 where all the bytes lie in one piece of memory.</summary>
    public int CheckRange(nint pointer, nuint bytes) => checkRange((void*)pointer, bytes);

    /// <summary>Sets an option of the emulator: "order", "seed", "workers", "guard".</summary>
    public void SetOption(string key, long value) => WithText(key, text =>
    {
        option(text, value);
        return 0;
    });

    private delegate nint TextCall(byte* text);

    private static nint WithText(string text, TextCall call)
    {
        nint utf8 = Marshal.StringToCoTaskMemUTF8(text);
        try
        {
            return call((byte*)utf8);
        }
        finally
        {
            Marshal.FreeCoTaskMem(utf8);
        }
    }
}
