using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GatewayMesh.Architecture.Tests;

/// <summary>Prometheus' configuration and rules and Grafana's dashboards in <c>ops/</c> fit the metrics that the mesh exposes.</summary>
public sealed partial class OperatorFileTests
{
    private static readonly string Ops = Path.Combine(Repository.Root, "ops");
    private static readonly string Rules = Path.Combine(Ops, "prometheus", "rules");

    // Labels that Prometheus adds, by the scrape configuration.
    private static readonly string[] OfTarget = ["instance", "role", "zone", "datacenter", "job", "le"];

    [Test]
    public void The_rules_are_valid_and_pass_their_tests()
    {
        Run("check", "rules", Path.Combine(Rules, "recording.yml"), Path.Combine(Rules, "alerts.yml"));
        Run("test", "rules", Path.Combine(Rules, "tests.yml"));
    }

    [Test]
    public void Every_alert_is_tested_and_leads_to_a_section_of_the_operations_page()
    {
        var text = File.ReadAllText(Path.Combine(Rules, "alerts.yml"));
        var tests = File.ReadAllText(Path.Combine(Rules, "tests.yml"));
        var alerts = Alert().Matches(text).Select(match => match.Groups[1].Value).ToList();
        var sections = Heading().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md")))
            .Select(match => match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-').Replace("`", "", StringComparison.Ordinal))
            .ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alerts, Has.Count.GreaterThan(10));
            Assert.That(alerts.Where(alert => !tests.Contains(alert, StringComparison.Ordinal)), Is.Empty);
            Assert.That(
                Runbook().Matches(text).Select(match => match.Groups[1].Value),
                Has.Exactly(alerts.Count).Items.And.All.Matches<string>(section => sections.Contains(section!)));
        }
    }

    [Test]
    public void Every_query_uses_metrics_and_labels_of_the_mesh()
    {
        var metrics = Metrics();
        var recorded = Record().Matches(File.ReadAllText(Path.Combine(Rules, "recording.yml"))).Select(match => match.Groups[1].Value)
            .ToHashSet();
        var wrong = new List<string>();
        foreach (var (where, query) in Queries())
        {
            foreach (Match match in Selector().Matches(query))
            {
                var name = match.Groups[1].Value;
                var labels = match.Groups[2].Success ? Label().Matches(match.Groups[2].Value).Select(label => label.Groups[1].Value) : [];
                if (recorded.Contains(name) || name == "up")
                {
                    continue;
                }

                var metric = Suffix().Replace(name, "");
                if (!metrics.TryGetValue(metrics.ContainsKey(name) ? name : metric, out var known))
                {
                    wrong.Add($"{where}: {name} does not exist");
                    continue;
                }

                wrong.AddRange(labels.Except(known).Except(OfTarget).Select(label => $"{where}: {name} has no label {label}"));
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public async Task Every_query_of_the_dashboards_is_valid()
    {
        var rules = Dashboards().SelectMany(QueriesOf).Distinct()
            .Select((query, i) => $"    - record: query:{i}\n      expr: {JsonSerializer.Serialize(Fill(query))}\n").ToList();
        Assert.That(rules, Has.Count.GreaterThan(50));
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "dashboards.yml");
        await File.WriteAllTextAsync(file, "groups:\n- name: dashboards\n  rules:\n" + string.Concat(rules));
        Run("check", "rules", file);
    }

    [Test]
    public void The_dashboards_are_four_with_distinct_panels()
    {
        var dashboards = Dashboards().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                dashboards.Select(each => each.GetProperty("uid").GetString()),
                Is.EquivalentTo(new[] { "gatewaymesh-failover", "gatewaymesh-mesh", "gatewaymesh-node", "gatewaymesh-service" }));
            foreach (var dashboard in dashboards)
            {
                var panels = dashboard.GetProperty("panels").EnumerateArray().ToList();
                Assert.That(panels.Select(panel => panel.GetProperty("id").GetInt32()), Is.Unique);
                Assert.That(panels.Select(panel => panel.GetProperty("title").GetString()), Is.Unique);
                Assert.That(panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()), Is.Not.Empty);
            }
        }
    }

    // Debian's promtool is built without Consul, so its discovery is replaced by a file with the same labels.
    [Test]
    public async Task The_scrape_configuration_finds_each_node_once_and_nothing_else()
    {
        var folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, "scrape")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "token"), "t");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "targets.json"),
            JsonSerializer.Serialize(new[]
            {
                Target("payments", "127.0.0.1", 8080, "sidecar", "host-a"),
                Target("payments-sidecar-proxy", "10.0.0.5", 20001, "sidecar", "host-a"),
                Target("web-sidecar-proxy", "10.0.0.5", 20002, "sidecar", "host-a"),
                Target("gatewaymesh-gateway", "10.0.0.9", 15443, "gateway", "gw-1"),
                Target("gatewaymesh-ingress", "10.0.0.10", 443, "ingress", "edge"),
                Target("consul", "10.0.0.1", 8300, "", ""),
                Target("other-sidecar-proxy", "10.0.0.7", 21000, "", ""),
            }));
        var text = await File.ReadAllTextAsync(Path.Combine(Ops, "prometheus", "prometheus.yml"));
        Assert.That(text, Does.Contain("consul_sd_configs:\n      - server: 127.0.0.1:8500\n"));
        text = text
            .Replace(
                "consul_sd_configs:\n      - server: 127.0.0.1:8500\n",
                "file_sd_configs:\n      - files: [targets.json]\n",
                StringComparison.Ordinal)
            .Replace("/etc/prometheus/gatewaymesh-admin-token", "token", StringComparison.Ordinal)
            .Replace("rules/", Rules + "/", StringComparison.Ordinal);
        var file = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(file, text);

        Run("check", "config", file);
        using var found = JsonDocument.Parse(Run("check", "service-discovery", "--timeout=2s", file, "gatewaymesh"));
        var targets = found.RootElement.EnumerateArray().Select(each => each.GetProperty("labels"))
            .Where(labels => labels.TryGetProperty("instance", out _))
            .Select(labels => string.Join(
                ' ', new[] { "__address__", "instance", "role", "datacenter" }.Select(name => labels.GetProperty(name).GetString())));
        Assert.That(
            targets.Distinct(),
            Is.EquivalentTo(new[]
            {
                "10.0.0.5:15000 host-a sidecar dc1", "10.0.0.9:15000 gw-1 gateway dc1", "10.0.0.10:15000 edge ingress dc1",
            }));
    }

    private static object Target(string service, string address, int port, string role, string node) => new
    {
        targets = new[] { $"{address}:{port}" },
        labels = new Dictionary<string, string>
        {
            ["__meta_consul_service"] = service,
            ["__meta_consul_service_address"] = address,
            ["__meta_consul_service_metadata_gatewaymesh_role"] = role,
            ["__meta_consul_service_metadata_gatewaymesh_node"] = node,
            ["__meta_consul_dc"] = "dc1",
        },
    };

    private static IEnumerable<JsonElement> Dashboards() =>
        Directory.GetFiles(Path.Combine(Ops, "grafana"), "*.json").Select(file => JsonElement.Parse(File.ReadAllText(file)));

    private static IEnumerable<string> QueriesOf(JsonElement dashboard) =>
        dashboard.GetProperty("panels").EnumerateArray().SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!);

    // The queries of dashboards, of their variables, and of the rules.
    private static IEnumerable<(string Where, string Query)> Queries()
    {
        foreach (var dashboard in Dashboards())
        {
            var title = dashboard.GetProperty("title").GetString()!;
            var variables = dashboard.GetProperty("templating").GetProperty("list").EnumerateArray()
                .Where(variable => variable.GetProperty("type").GetString() == "query")
                .Select(variable => variable.GetProperty("query").GetProperty("query").GetString()!);
            foreach (var query in QueriesOf(dashboard).Concat(variables))
            {
                yield return (title, query);
            }
        }

        foreach (var file in new[] { "recording.yml", "alerts.yml" })
        {
            foreach (Match match in Expression().Matches(File.ReadAllText(Path.Combine(Rules, file))))
            {
                yield return (file, match.Groups[1].Value);
            }
        }
    }

    // Metrics and their labels, as the telemetry page has them; TelemetryPageTests compares the page with the code.
    private static Dictionary<string, string[]> Metrics()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md"));
        var metrics = Row().Matches(page).ToDictionary(
            row => row.Groups[1].Value, row => Name().Matches(row.Groups[2].Value).Select(name => name.Groups[1].Value).ToArray());
        Assert.That(metrics, Has.Count.GreaterThan(35));
        return metrics;
    }

    private static string Fill(string query) => query.Replace("$__rate_interval", "5m", StringComparison.Ordinal)
        .Replace("$service", "payments", StringComparison.Ordinal).Replace("$node", "host-a", StringComparison.Ordinal);

    private static string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, output + errors.Result);
        return output;
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"- record: ([\w:]+)")]
    private static partial Regex Record();

    [GeneratedRegex("runbook: \"docs/operations\\.md#([a-z-]+)\"")]
    private static partial Regex Runbook();

    [GeneratedRegex("^##+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    // An expression ends where the next key of its rule begins.
    [GeneratedRegex(
        @"expr: (?:>-\n)?(.+?)(?=\n\s+(?:for|labels|- record|- alert|- name):|\n\s*- (?:record|alert|name)|\z)", RegexOptions.Singleline)]
    private static partial Regex Expression();

    [GeneratedRegex(@"((?:\w+:)?gatewaymesh_[a-z0-9_]+(?::\w+)?|\bup\b)(?:\{([^}]*)\})?")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Label();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"^\| `(gatewaymesh_[a-z0-9_]+)` \| \w+ \|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
