using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Fixtures;
using GatewayMesh.Nodes;

namespace GatewayMesh.Tests.Nodes;

/// <summary>Events about injected faults when policies change, and when the bootstrap is loaded again.</summary>
internal sealed class FaultEventsTests
{
    private static readonly string[] Shop = ["payments", "web"];

    [Test]
    public void Each_change_is_one_event()
    {
        var lines = Of(faults =>
        {
            faults.Report(allowed: false, []);
            faults.Report(allowed: true, []);
            faults.Report(allowed: false, Shop);
            faults.Report(allowed: false, Shop);
            faults.Report(allowed: true, Shop);
            faults.Report(allowed: true, ["web"]);
            faults.Report(allowed: false, ["web"]);
            faults.Report(allowed: false, []);
            faults.Report(allowed: false, []);
        });

        Assert.That(
            lines.Select(NameOf),
            Is.EqualTo(["faults_ignored", "faults_injected", "faults_injected", "faults_ignored", "faults_ended"]));
        Assert.That(lines[0], Does.Contain("\"level\":\"warning\"").And.Contain("\"services\":\"payments, web\""));
    }

    [Test]
    public async Task A_reloaded_bootstrap_that_allows_the_faults_of_policies_is_an_event()
    {
        using var folder = new TemporaryFolder();
        folder.Write("registry/entries.yaml", """
            kind: service
            name: payments
            instances: [ { id: payments-1, address: 127.0.0.1, port: 1 } ]
            ---
            kind: service-policy
            name: payments
            faults: [ { name: broken, abort: 503 } ]
            """);
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Gateway,
            Node = "gateway-1",
            DataDir = folder["data"],
            RunDir = folder["run"],
            Registry = new RegistrySpec("file", folder["registry"]),
            Identity = IdentityMode.Plaintext,
            Gateway = new GatewaySpec(),
        };
        var taken = new TakenEvents();
        using var events = new EventLog("gateway-1", "gateway", Stream.Null) { Export = taken };
        await using var node = new MeshNode(bootstrap, ImmutableSortedDictionary<string, int>.Empty, events, null, TimeProvider.System);
        await node.StartAsync();
        await Eventually.Until("the policy is in use", () => taken.OfFaults.Any());

        node.Reconfigure(bootstrap with { AllowFaults = true });
        node.Reconfigure(bootstrap with { AllowFaults = true });
        node.Reconfigure(bootstrap);

        Assert.That(taken.OfFaults, Is.EqualTo(["faults_ignored", "faults_injected", "faults_ignored"]));
    }

    private static string[] Of(Action<FaultEvents> report)
    {
        using var sink = new MemoryStream();
        using (var events = new EventLog("host-a", "worker", sink))
        {
            report(new FaultEvents(events));
        }

        return Encoding.UTF8.GetString(sink.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string NameOf(string line)
    {
        using var json = System.Text.Json.JsonDocument.Parse(line);
        return json.RootElement.GetProperty("event").GetString()!;
    }

    private sealed class TakenEvents : IEventSink
    {
        private readonly ConcurrentQueue<string> _names = [];

        public IEnumerable<string> OfFaults => _names.Where(name => name.StartsWith("faults_", StringComparison.Ordinal));

        public void Take(EventLevel level, string @event, string message, ReadOnlySpan<EventField> fields) => _names.Enqueue(@event);
    }
}
