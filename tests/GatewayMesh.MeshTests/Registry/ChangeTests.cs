using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>Changes in Consul under load: they reach a sidecar, and no request fails.</summary>
public sealed class ChangeTests : MeshTest
{
    private protected override RegistryKind Registry => RegistryKind.Consul;

    [Test]
    public async Task Added_critical_and_removed_instance_fails_no_request()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var consul = Mesh.Consul!;
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);

        var second = Mesh.AddBackend("payments");
        var third = Mesh.AddSidecar("host-c",
            $"""
            - name: payments
              port: {second.Port}
              inbound: {FreePorts.Loopback()}
            """);
        third.Start();
        await Eventually.Until("the new instance is called", () => second.Executions > 100);

        // An operator removes the first instance with Consul's own tools.
        _ = await consul.PutAsync("/v1/agent/service/maintenance/payments-host-b-sidecar-proxy?enable=true&reason=test");
        await Eventually.Until("the critical instance is not called", () => QuietAsync(hosts.Payments));
        _ = await consul.PutAsync("/v1/agent/service/maintenance/payments-host-b-sidecar-proxy?enable=false");
        var called = hosts.Payments.Executions;
        await Eventually.Until("the instance is called again", () => hosts.Payments.Executions > called + 100);

        await third.PostAsync("/drain");
        await Eventually.Until("the leaving instance is not called", () => QuietAsync(second));
        await load.UntilServedAsync(250);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    [Test]
    public async Task Changed_entry_takes_effect_and_fails_no_request()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var consul = Mesh.Consul!;
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);

        // A service without callers here: its protocol may change without its application.
        await consul.WriteEntryAsync("""{"Kind":"service-defaults","Name":"ledger","Protocol":"grpc"}""");
        await UntilConfigAsync(hosts, "\"protocol\": \"grpc\"");
        await consul.WriteEntryAsync("""{"Kind":"service-defaults","Name":"ledger","Protocol":"http"}""");
        await Eventually.Until(
            "the protocol is http again", async () => !(await hosts.HostA.GetAsync("/config")).Contains("grpc", StringComparison.Ordinal));

        _ = await consul.PutAsync("/v1/kv/gatewaymesh/service-policy/payments", "retries: { maxAttempts: 2 }\n");
        await UntilConfigAsync(hosts, "\"maxAttempts\": 2");
        _ = await consul.PutAsync("/v1/kv/gatewaymesh/service-policy/payments", "retries: { maxAttemptss: 3 }\n");
        await hosts.HostA.UntilAsync(
            "what is wrong is logged", status => status.RegistryErrors.Contains("maxAttemptss", StringComparison.Ordinal));
        await UntilConfigAsync(hosts, "\"maxAttempts\": 2");

        await load.UntilServedAsync(250);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    private static Task UntilConfigAsync(TwoHosts hosts, string text) =>
        Eventually.Until(
            $"/config shows {text}",
            async () => (await hosts.HostA.GetAsync("/config")).Contains(text, StringComparison.Ordinal),
            async () => await hosts.HostA.GetAsync("/config"));

    private static async Task<bool> QuietAsync(Backends.CountingBackend backend)
    {
        var before = backend.Executions;
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        return backend.Executions == before;
    }
}
