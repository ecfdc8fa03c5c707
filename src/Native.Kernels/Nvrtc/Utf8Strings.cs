using System.Runtime.InteropServices;

namespace Native.Kernels.Nvrtc;

/// <summary>A list of texts as C wants it: an array of pointers to texts that end in a zero.</summary>
internal sealed unsafe class Utf8Strings : IDisposable
{
    private readonly nint[] texts;
    private readonly byte** pointers;

    /// <summary>Copies the texts.</summary>
    public Utf8Strings(IEnumerable<string> values)
    {
        texts = [.. values.Select(Marshal.StringToCoTaskMemUTF8)];
        pointers = (byte**)NativeMemory.Alloc((nuint)Math.Max(1, texts.Length), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Length; i++)
        {
            pointers[i] = (byte*)texts[i];
        }
    }

    /// <summary>The array; not to be used after Dispose.</summary>
    public byte** Pointers => pointers;

    /// <summary>Frees the copies.</summary>
    public void Dispose()
    {
        foreach (nint text in texts)
        {
            Marshal.FreeCoTaskMem(text);
        }

        NativeMemory.Free(pointers);
    }
}
