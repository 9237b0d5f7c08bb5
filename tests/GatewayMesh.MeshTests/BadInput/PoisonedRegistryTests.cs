using System.Net;
using System.Net.Sockets;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.BadInput;

/// <summary>Limits of an attacker who can write to the registry.</summary>
internal sealed class PoisonedRegistryTests : MeshTest
{
    [Test]
    public async Task No_record_leads_a_request_to_an_admin_address_of_a_mesh_on_one_machine()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        Poison(
            ("own-admin", "127.0.0.1", hosts.HostA.Admin.Port),
            ("own-outbound", "127.0.0.1", hosts.Outbound.Port),
            ("other-admin", "127.0.0.1", hosts.Gateways[0].Admin.Port));
        await Eventually.Until(
            "the records are read",
            async () => (await hosts.HostA.GetAsync("/endpoints")).Contains("own_listener", StringComparison.Ordinal));
        using var client = new HttpClient { BaseAddress = new Uri($"http://{hosts.Outbound}") };

        var (own, ownBody) = await DrainAsync(client, "own-admin");
        var (loop, loopBody) = await DrainAsync(client, "own-outbound");
        var (other, otherBody) = await DrainAsync(client, "other-admin");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((own, loop), Is.EqualTo((502, 502)));
            Assert.That(ownBody, Does.Contain("address_refused"));
            Assert.That(loopBody, Does.Contain("address_refused"));
            Assert.That(other, Is.EqualTo(403), otherBody);
            Assert.That(otherBody, Does.Contain("proxy"));
        }

        Assert.That(await hosts.Gateways[0].IsReadyAsync(), Is.True, "not drained");
        Assert.That((await hosts.HostA.StatusAsync()).Tier, Is.EqualTo("sidecar"));
        Assert.That(await hosts.HostA.GetAsync("/endpoints"), Does.Contain("\"refused\": \"admin_address\""));
        Assert.That(await hosts.HostA.GetAsync("/status"), Does.Contain("\"refusedTotal\": 2"), "the guard relays it to check");
        Assert.That(Mesh.Logs(500), Does.Contain("address_refused").And.Contain("is the admin address of this node"));
        Assert.That((await hosts.GetAsync()).Answer, Does.StartWith("HTTP/1.1 200"), "the others are served");
    }

    [Test]
    public async Task Node_on_a_real_network_refuses_loopback_in_every_spelling()
    {
        using var victim = new TcpListener(IPAddress.Loopback, 0);
        victim.Start();
        var port = ((IPEndPoint)victim.LocalEndpoint).Port;
        var outbound = FreePorts.Loopback();
        var node = Mesh.Add(
            "host-a",
            "sidecar",
            $"sidecar:\n  address: 192.0.2.5\n  services:\n    - name: web\n      port: {FreePorts.Next()}\n      outbound: {outbound}\n");
        string[] spellings = ["127.0.0.1", "127.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0", "2130706433", "x.localhost"];
        Poison([.. spellings.Select((host, i) => ($"evil-{i}", host, port))]);
        node.Start();
        await Eventually.Until(
            "the worker serves", async () => await node.TryStatusAsync() is { Tier: "sidecar" }, () => Task.FromResult(Mesh.Logs(20)));
        using var client = new HttpClient { BaseAddress = new Uri($"http://{outbound}") };

        for (var i = 0; i < spellings.Length; i++)
        {
            var (status, body) = await DrainAsync(client, $"evil-{i}");
            Assert.That(
                (status, body.Contains("address_refused", StringComparison.Ordinal)), Is.EqualTo((502, true)), $"{spellings[i]}: {body}");
        }

        Assert.That(victim.Pending(), Is.False, "no connection arrived");
    }

    private static async Task<(int Status, string Body)> DrainAsync(HttpClient client, string service)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/drain") { Content = new StringContent("{}") };
        request.Headers.Host = service;
        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private void Poison(params (string Service, string Host, int Port)[] records) => File.WriteAllText(
        Path.Combine(Mesh.Registry, "poison.yaml"),
        string.Join(
            "---\n",
            records.Select(
                record => $"kind: service\nname: {record.Service}\ninstances: [ {{ address: \"{record.Host}\", port: {record.Port} }} "
                    + $"]\n")));
}
