using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Events;
using GatewayMesh.Nodes;

namespace GatewayMesh.Tests.Nodes;

public sealed class FlagEventsTests
{
    [Test]
    public void Added_changed_and_removed_flags_are_logged_but_neither_the_first_ones_nor_unchanged_ones()
    {
        using var sink = new MemoryStream();
        using (var log = new EventLog("host-a", "worker", sink))
        {
            var events = new FlagEvents(log);
            events.Take(Flags(On("a"), On("b")));
            events.Take(Flags(On("a"), On("b")));
            events.Take(Flags(On("a") with { Enabled = false }, On("c")));
        }

        var lines = Encoding.UTF8.GetString(sink.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines.Select(Read), Is.EqualTo(new[] { ("a", "changed", false), ("c", "added", true), ("b", "removed", false) }));
    }

    private static (string? Flag, string? Change, bool Enabled) Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        Assert.That(root.GetProperty("event").GetString(), Is.EqualTo("flag_changed"));
        return (
            root.GetProperty("flag").GetString(), root.GetProperty("change").GetString(), root.GetProperty("enabled").GetBoolean());
    }

    private static FeatureFlagEntry On(string name) => new() { Name = name, Enabled = true };

    private static FrozenDictionary<string, FeatureFlagEntry> Flags(params FeatureFlagEntry[] flags) =>
        flags.ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase);
}
