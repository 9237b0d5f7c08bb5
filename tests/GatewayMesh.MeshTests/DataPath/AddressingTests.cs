using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.DataPath;

/// <summary>Ways of an application to reach another, end to end.</summary>
public sealed class AddressingTests : MeshTest
{
    [Test]
    public async Task Service_is_reachable_by_host_as_a_proxy_and_through_the_ingress()
    {
        var publicPort = FreePorts.Loopback();
        await File.WriteAllTextAsync(Path.Combine(Mesh.Registry, "ingress.yaml"),
            $$"""
            kind: ingress-gateway
            name: gatewaymesh-ingress
            listeners:
              - port: {{publicPort.Port}}
                protocol: http
                services: [ { name: payments, hosts: [ pay.example ] } ]
            """);
        var ingress = Mesh.Add("edge", "ingress", $"ingress:\n  listeners: [ {{ port: {publicPort.Port}, address: 127.0.0.1 }} ]\n");
        var hosts = await TwoHosts.StartAsync(Mesh);

        foreach (var host in new[] { "payments", "payments.mesh", "payments.service.consul" })
        {
            using var connection = new PlainConnection(hosts.Outbound, host);
            Assert.That(await connection.GetAsync(), Is.EqualTo(Outcome.Ok), host + ": " + connection.Answer);
        }

        using var byProxy = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy($"http://{hosts.Outbound}"), UseProxy = true });
        Assert.That(await byProxy.GetStringAsync("http://payments/work"), Is.EqualTo("payments\n"));

        await Eventually.Until("the ingress serves the public host", async () =>
        {
            using var connection = new PlainConnection(publicPort, "pay.example");
            return await connection.GetAsync() == Outcome.Ok;
        }, () => Task.FromResult(ingress.Process.Tail(20)));
        using var other = new PlainConnection(publicPort, "else.example");
        Assert.That(await other.GetAsync(), Is.EqualTo(Outcome.Other), "a host that no entry names");
    }

    [Test]
    public async Task Unknown_service_is_a_mesh_404_that_was_not_forwarded()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        using var connection = new PlainConnection(hosts.Outbound, "nobody");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await connection.GetAsync(), Is.EqualTo(Outcome.Other));
            Assert.That(connection.Answer, Does.StartWith("HTTP/1.1 404"));
            Assert.That(connection.Answer, Does.Contain("gatewaymesh; error=destination_not_found").And.Contain("forwarded=?0"));
        }
    }

    [Test]
    public async Task Dead_host_of_two_fails_no_request()
    {
        var second = Mesh.AddBackend("payments");
        var hostC = Mesh.AddSidecar("host-c", $"- name: payments\n  port: {second.Port}\n  inbound: {FreePorts.Loopback()}\n");
        var hosts = await TwoHosts.StartAsync(Mesh);
        await Eventually.Until("both instances serve", async () =>
        {
            await hosts.GetAsync();
            return second.Executions > 0 && hosts.Payments.Executions > 0;
        });
        var status = await hostC.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);

        // The host disappears at once, as in a power cut: its connections are reset, new ones are refused.
        ProcessTable.Signal(status.Guard, ProcessTable.Kill);
        ProcessTable.Signal(status.Worker, ProcessTable.Kill);

        await load.UntilServedAsync(1000);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Refused + report.Lost + report.Other, Is.Zero);
            Assert.That(report.ServerErrors, Is.Zero, "GETs in flight are sent again, they are idempotent");
        }
    }

    [Test]
    public async Task Requests_are_counted_and_logged()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var metrics = "";

        // The guard responds alone when its worker is too busy.
        await Eventually.Until(
            "the request is counted",
            async () => Regex.IsMatch(
                metrics = await hosts.HostA.GetAsync("/metrics"),
                """gatewaymesh_requests_total\{[^}]*destination="payments"[^}]*\} [1-9]"""),
            () => Task.FromResult(metrics));
        Assert.That(metrics, Does.Contain("gatewaymesh_guard_restarts_total"));
        await Eventually.Until(
            "the access log has the request", () => hosts.HostA.Process.Output.Contains("payments", StringComparison.Ordinal));
        Assert.That(
            hosts.HostA.Process.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement.TryGetProperty("reason", out _)),
            Has.Some.True);
    }
}
