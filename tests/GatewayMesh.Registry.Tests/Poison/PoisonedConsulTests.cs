using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Registration;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Tests.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Poison;

/// <summary>Poison in a real Consul: each piece is refused alone, and what is good goes on and changes.</summary>
internal sealed class PoisonedConsulTests
{
    [Test]
    public async Task Poison_in_the_keys_is_refused_alone_and_what_is_good_goes_on()
    {
        await using var agent = await ConsulAgent.StartAsync();
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", "timeouts: { request: 7s }");
        await using var mesh = ConsulMesh.Open(agent.Registry);
        await mesh.HoldsAsync(live => live.Synced && Request(live, "web") == TimeSpan.FromSeconds(7), "the good one is used");

        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", PoisonedValueTests.Fill("", number => $"k{number}: 1\n"));
        await mesh.HoldsAsync(live => live.Errors.Length == ConfigErrors.MostOfOne + 1, "a hundred errors and their count are kept");
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/api", "timeouts: { request: 3s }");
        await mesh.HoldsAsync(live => Request(live, "api") == TimeSpan.FromSeconds(3), "a change of another one is used");

        Assert.That(Request(mesh.Live, "web"), Is.EqualTo(TimeSpan.FromSeconds(7)), "the last good one stays");
    }

    [Test]
    public async Task A_poisoned_record_of_a_node_is_said_and_keeps_nobody_from_being_in_step()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var mesh = ConsulMesh.Open(agent.Registry);
        _ = await agent.PutAsync($"/v1/kv/{ConsulNames.NodeFolder}large", new string('#', 100_000));
        _ = await agent.PutAsync($"/v1/kv/{ConsulNames.NodeFolder}wrong", "[ 1, 2, 3 ]");
        _ = await agent.PutAsync($"/v1/kv/{ConsulNames.NodeFolder}host-a", "node: host-a\nrole: sidecar\nversion: '1'\n");

        await mesh.HoldsAsync(live => live.Synced && Refused(live).Length == 2 && live.Nodes.Length == 1, "the good one is shown");

        Assert.That(Refused(mesh.Live), Is.EqualTo(new[] { $"consul:kv/{ConsulNames.NodeFolder}large", $"consul:kv/{ConsulNames.NodeFolder}wrong" }));
    }

    private static string[] Refused(LiveConfiguration live) => [.. live.Errors.Select(error => error.File).Distinct()];

    private static TimeSpan? Request(LiveConfiguration live, string service) =>
        live.Entries.ServicePolicies.FirstOrDefault(policy => policy.Name == service)?.Timeouts.Request;
}
