using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>The telemetry page lists exactly the events, metrics and error reasons of the sources.</summary>
public sealed partial class TelemetryPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md"));

    [Test]
    public void The_page_lists_exactly_the_metrics_of_the_code()
    {
        var metrics = Sources().SelectMany(source => Metric().Matches(source)).Select(match => match.Groups[1].Value).Distinct().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(metrics, Has.Count.GreaterThan(30));
            Assert.That(Rows("## Metrics", "## Events"), Is.EquivalentTo(metrics));
        }
    }

    [Test]
    public void The_page_lists_exactly_the_events_of_the_code()
    {
        var events = Sources().SelectMany(EventsOf).Distinct().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                events,
                Has.Count.GreaterThan(60)
                    .And.Member("acceptor")
                    .And.Member("node_gone")
                    .And.Member("intention_denied")
                    .And.Member("registry-silent"));
            Assert.That(Rows("## Events", "## Access log"), Is.EquivalentTo(events));
        }
    }

    [Test]
    public void The_page_lists_every_error_reason_with_its_statuses()
    {
        var rows = GatewayMesh.Proxy.Errors.ErrorTable.All.Skip(1).Select(
            row => $"| `{row.Reason}` | {row.Status} | {row.Grpc} | `{row.ProxyError}` |");
        Assert.That(rows.Where(row => !Page.Contains(row, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void The_operations_page_has_a_symptom_for_every_reason_and_fault()
    {
        var operations = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var reasons = GatewayMesh.Proxy.Errors.ErrorTable.All.Skip(1).Select(row => row.Reason);
        var faults = FaultRow().Matches(Page).Select(match => match.Groups[1].Value);
        Assert.That(reasons.Concat(faults).Distinct().Where(name => !operations.Contains($"`{name}`", StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<string> Sources() =>
        Repository.CodeFiles("src").Select(file => File.ReadAllText(Path.Combine(Repository.Root, file)));

    private static IEnumerable<string> EventsOf(string source) =>
        Call().Matches(source).SelectMany(call => Word().Matches(call.Groups[1].Value))
            .Concat(Report().Matches(source))
                .Concat(Logged().Matches(source))
                .Concat(Written().Matches(source))
                .Concat(Trouble().Matches(source))
            .Select(match => match.Groups[1].Value);

    // Names in the first column of the tables between two headings.
    private static IEnumerable<string> Rows(string from, string to)
    {
        var start = Page.IndexOf($"\n{from}\n", StringComparison.Ordinal);
        var part = Page[start..Page.IndexOf($"\n{to}\n", start, StringComparison.Ordinal)];
        return FirstCell().Matches(part).SelectMany(cell => Name().Matches(cell.Groups[1].Value)).Select(match => match.Groups[1].Value);
    }

    [GeneratedRegex("\"(gatewaymesh_[a-z0-9_]+)\"")]
    private static partial Regex Metric();

    // A method of the log, or a level, and the one or two names that follow.
    [GeneratedRegex("""(?:vents\.|EventLevel\.)(?:Info|Warning|Error)(?:\(|,)\s*((?:[^",;(]*\?\s+"[a-z_-]+"\s+:\s+)?"[a-z_-]+")""")]
    private static partial Regex Call();

    // The same, passed to a method that sets the level.
    [GeneratedRegex("""(?:_report\(\s*(?:LevelOf\([a-zA-Z.]+\),\s*)?|events\.Write\(\s*level,\s*)"([a-z_-]+)""")]
    private static partial Regex Report();

    [GeneratedRegex("""new EventId\(\s*\d+,\s*"([a-z0-9_]+)"\)""")]
    private static partial Regex Logged();

    [GeneratedRegex("""WriteString\(\s*"event",\s*"(access_log_[a-z_]+)"\)""")]
    private static partial Regex Written();

    [GeneratedRegex("""(?:TroubleKind\.\w+|_)\s+=>\s+"((?:application|instance|node)_[a-z]+)",""")]
    private static partial Regex Trouble();

    [GeneratedRegex("\"([a-z_-]+)\"")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| (`[^|]+`) \|", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex("`([a-z0-9_-]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| `([a-z_-]+)` \| error", RegexOptions.Multiline)]
    private static partial Regex FaultRow();
}
