using System.Text.RegularExpressions;

namespace Engine.Tests.House;

/// <summary>The plan of docs/architecture.md holds: a room uses only rooms below it, and no file is too long to read.</summary>
public sealed partial class Floors
{
    private static readonly Dictionary<string, int> FloorOf = new()
    {
        ["Tensors"] = 1,
        ["Backends"] = 2,
        ["Data"] = 2,
        ["Initializers"] = 3,
        ["Layers"] = 3,
        ["Metrics"] = 3,
        ["Networks"] = 4,
        ["Losses"] = 4,
        ["Optimizers"] = 4,
        ["Schedules"] = 4,
        ["Models"] = 5,
        ["Formats"] = 5,
        ["Checking"] = 5,
        ["Training"] = 6,
    };

    private static string[] Sources => Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories);

    [Test]
    public void Every_room_of_the_engine_has_a_floor() =>
        Assert.That(
            Directory.GetDirectories(Path.Combine(Repository.Root, "src", "Engine")).Select(Path.GetFileName),
            Is.EquivalentTo(FloorOf.Keys));

    [Test]
    public void A_room_uses_only_rooms_below_it_or_beside_it()
    {
        string engine = Path.Combine(Repository.Root, "src", "Engine");
        List<string> offences = [];
        HashSet<(string, string)> beside = [];
        foreach (string file in Directory.GetFiles(engine, "*.cs", SearchOption.AllDirectories))
        {
            string room = Path.GetRelativePath(engine, file).Split(Path.DirectorySeparatorChar)[0];
            foreach (Match use in UsedRoom().Matches(File.ReadAllText(file)))
            {
                string used = use.Groups[1].Value;
                if (FloorOf[used] > FloorOf[room])
                {
                    offences.Add($"{room} ({FloorOf[room]}) uses {used} ({FloorOf[used]}) in {Path.GetFileName(file)}");
                }
                else if (FloorOf[used] == FloorOf[room] && used != room)
                {
                    beside.Add((room, used));
                }
            }
        }

        Assert.That(offences, Is.Empty);
        Assert.That(beside.Where(pair => beside.Contains((pair.Item2, pair.Item1))), Is.Empty, "two rooms of one floor use each other");
    }

    [Test]
    public void No_file_is_longer_than_600_lines() =>
        Assert.That(
            Sources.Select(f => (Name: Path.GetFileName(f), Lines: File.ReadLines(f).Count())).Where(f => f.Lines > 600),
            Is.Empty);

    [GeneratedRegex(@"^using (?:static )?Engine\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsedRoom();
}
