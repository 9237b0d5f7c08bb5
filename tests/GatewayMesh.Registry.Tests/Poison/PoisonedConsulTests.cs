using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Tests.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Poison;

/// <summary>Poisoned values in a real Consul: each is refused alone, and valid values stay usable and may change.</summary>
internal sealed class PoisonedConsulTests
{
    [Test]
    public async Task A_poisoned_key_is_refused_and_valid_keys_stay_usable()
    {
        await using var agent = await ConsulAgent.StartAsync();
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", "timeouts: { request: 7s }");
        await using var mesh = ConsulMesh.Open(agent.Registry);
        await mesh.HoldsAsync(live => live.Synced && Request(live, "web") == TimeSpan.FromSeconds(7), "the valid policy is used");

        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", PoisonedValueTests.Fill("", number => $"k{number}: 1\n"));
        await mesh.HoldsAsync(live => live.Errors.Length == ConfigErrors.MaxOfOne + 1, "a hundred errors and their count are kept");
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/api", "timeouts: { request: 3s }");
        await mesh.HoldsAsync(live => Request(live, "api") == TimeSpan.FromSeconds(3), "a change of another policy is used");

        Assert.That(Request(mesh.Live, "web"), Is.EqualTo(TimeSpan.FromSeconds(7)), "the last good policy stays");
    }

    [Test]
    public async Task A_poisoned_node_record_is_reported_and_leaves_nodes_synced()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var mesh = ConsulMesh.Open(agent.Registry);
        _ = await agent.PutAsync($"/v1/kv/{ConsulNames.NodeFolder}large", new string('#', 100_000));
        _ = await agent.PutAsync($"/v1/kv/{ConsulNames.NodeFolder}wrong", "[ 1, 2, 3 ]");
        _ = await agent.PutAsync($"/v1/kv/{ConsulNames.NodeFolder}host-a", "node: host-a\nrole: sidecar\nversion: '1'\n");

        await mesh.HoldsAsync(live => live.Synced && Refused(live).Length == 2 && live.Nodes.Length == 1, "the valid node is shown");

        Assert.That(
            Refused(mesh.Live),
            Is.EqualTo(new[] { $"consul:kv/{ConsulNames.NodeFolder}large", $"consul:kv/{ConsulNames.NodeFolder}wrong" }));
    }

    private static string[] Refused(LiveConfiguration live) => [.. live.Errors.Select(error => error.File).Distinct()];

    private static TimeSpan? Request(LiveConfiguration live, string service) =>
        live.Entries.ServicePolicies.FirstOrDefault(policy => policy.Name == service)?.Timeouts.Request;
}
