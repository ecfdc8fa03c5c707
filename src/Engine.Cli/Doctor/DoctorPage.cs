using Engine.Cli.Rendering;

namespace Engine.Cli.Doctor;

/// <summary>What was found on this machine, as a page.</summary>
internal sealed record DoctorPage(Section Machine, NvidiaParts Nvidia, EmulatorParts Emulator, Folders Folders)
{
    private const int LabelWidth = 14;

    /// <summary>Looks at everything.</summary>
    public static DoctorPage Look() => new(Doctor.Machine.Look(), NvidiaParts.Look(), EmulatorParts.Look(), Doctor.Folders.Look());

    /// <summary>Writes it.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="listPlaces">Also list every file that was looked for in vain.</param>
    public void WriteTo(Terminal terminal, bool listPlaces)
    {
        foreach (Section section in (ReadOnlySpan<Section>)[Machine, Nvidia.Describe(listPlaces), Emulator.Describe(), Folders.Describe()])
        {
            terminal.Line(section.Title, Theme.Strong);
            foreach (Finding finding in section.Findings)
            {
                // Found or not is also said by a mark, not by colour alone.
                string mark = finding.IsThere ? "  " : "– ";
                terminal.Fact($"{(finding.Label.Length > 0 ? mark : "  ")}{finding.Label}", finding.Text, LabelWidth);
            }

            terminal.Line();
        }

        terminal.Line("What can be done here", Theme.Strong);
        Item(terminal, "Everything trains on the CPU (--device cpu); nothing is missing for it.", Theme.Good);
        if (Emulator.Plain is not null)
        {
            Item(terminal, "CUDA kernels run, and can be checked, on the emulator (--device emulated).", Theme.Good);
        }

        if (Nvidia.UsableDevices > 0)
        {
            Item(terminal, $"{Numbers.Count(Nvidia.UsableDevices, "NVIDIA GPU")} can be used (--device cuda).", Theme.Good);
        }

        Advice[] advice = [.. Nvidia.Advise(), .. Emulator.Advise(), .. Folders.Advise()];
        if (advice.Length > 0)
        {
            terminal.Line();
            terminal.Line("What is missing, and for what", Theme.Strong);
            foreach (Advice item in advice)
            {
                Item(terminal, $"{item}", Theme.Plain);
            }
        }
    }

    private static void Item(Terminal terminal, string text, Spectre.Console.Style style)
    {
        string mark = "• ";
        foreach (string line in TextWrap.Lines(text, terminal.Width - 4))
        {
            terminal.Line($"  {mark}{line}", style);
            mark = "  ";
        }
    }
}
