using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Events and their levels in the sources.</summary>
public sealed partial class EventLevelTests
{
    private static readonly string[] Faults =
        [
            "refused",
            "failed",
            "killed",
            "silent",
            "lost",
            "gone",
            "missing",
            "expired",
            "unavailable",
            "hung",
            "broken",
            "error",
            "not-",
            "not_",
            "late",
            "held",
            "retired",
            "unreadable",
            "taken"];

    [Test]
    public void Faults_are_never_logged_at_level_info()
    {
        var events = Events().ToList();

        Assert.That(
            events.Where(each => each.Level == "Info").Select(each => each.Name), Has.Member("guard_started"), "events are found at all");
        Assert.That(
            events.Where(each => each.Level == "Info" && Faults.Any(word => each.Name.Contains(word, StringComparison.Ordinal))), Is.Empty);
    }

    [TestCase("worker-killed", "Error")]
    [TestCase("worker-retired", "Warning")]
    [TestCase("worker-not-started", "Error")]
    [TestCase("worker-held-back", "Warning")]
    [TestCase("reload-refused", "Error")]
    [TestCase("reload_refused", "Error")]
    [TestCase("upgrade-failed", "Error")]
    [TestCase("snapshot_not_written", "Error")]
    [TestCase("snapshot_unreadable", "Error")]
    public void A_fault_has_a_level_that_operators_watch(string name, string level) =>
        Assert.That(Events().Where(each => each.Name == name).Select(each => each.Level), Is.Not.Empty.And.All.EqualTo(level));

    private static IEnumerable<(string Level, string Name)> Events() =>
        from file in Repository.CodeFiles("src")
        from Match call in Call().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
        from Match name in Name().Matches(call.Groups[2].Value)
        select (call.Groups[1].Value, name.Groups[1].Value);

    [GeneratedRegex("""(?:vents\.|EventLevel\.)(Info|Warning|Error)(?:\(|,)\s*((?:[^",;(]*\?\s+"[a-z_-]+"\s+:\s+)?"[a-z_-]+")""")]
    private static partial Regex Call();

    [GeneratedRegex("\"([a-z_-]+)\"")]
    private static partial Regex Name();
}
