using Engine.Training;

namespace Engine.Cli.Rendering;

/// <summary>A plan of memory and what was measured, side by side.</summary>
internal static class MemoryTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="title">What the memory is for.</param>
    /// <param name="plan">As worked out from the shapes.</param>
    /// <param name="measured">As found by running it.</param>
    public static void Write(Terminal terminal, string title, MemoryPlan plan, MemoryPlan measured)
    {
        terminal.Line(title, Theme.Strong);
        TextTable table = new("", ">planned", ">measured");
        Add("parameters", m => m.Parameters);
        Add("gradients", m => m.Gradients);
        Add("optimizer", m => m.Optimizer);
        Add("the batch", m => m.Batch);
        Add("saved for the way back", m => m.Saved);
        Add(plan.Saved > 0 ? "beside it, at most" : "between layers, at most", m => m.Transient);
        table.AddRule();
        table.Add(Theme.Strong, "together, at the peak", Numbers.Bytes(plan.Together), Numbers.Bytes(measured.Together));
        table.WriteTo(terminal);

        void Add(string name, Func<MemoryPlan, long> of)
        {
            if (of(plan) > 0 || of(measured) > 0)
            {
                table.Add(name, Numbers.Bytes(of(plan)), Numbers.Bytes(of(measured)));
            }
        }
    }
}
