using GatewayMesh.Client;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Identity;

/// <summary>A denied caller is denied on every path: availability concerns transport, never permission.</summary>
internal sealed class DenialTests : MeshTest
{
    [Test]
    public async Task Denied_caller_gets_403_at_the_sidecar_and_at_the_gateway_and_a_change_applies_at_once()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        using var kept = new PlainConnection(hosts.Outbound, "payments");
        Assert.That(await kept.GetAsync(), Is.EqualTo(Outcome.Ok));

        Intend("deny");
        await UntilAsync(kept, "403");
        Assert.That(kept.Answer, Does.Contain("error=http_request_denied; forwarded=?0").And.Contain("intention_denied"));

        // The caller's sidecar is dead: its guard carries the call to a gateway.
        await hosts.HostA.PostAsync("/drain");
        await hosts.HostA.UntilAsync("the gateways serve and the worker has ended", status => status is { Tier: "gateway", Worker: <= 0 });
        var executed = hosts.Payments.Executions;
        using var carried = new PlainConnection(hosts.Outbound, "payments");
        await carried.GetAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(carried.Answer, Does.StartWith("HTTP/1.1 403").And.Contain("intention_denied"));
            Assert.That(hosts.Payments.Executions, Is.EqualTo(executed));
        }

        Assert.That(
            Mesh.Logs(500),
            Does.Contain("spiffe://test.mesh/ns/default/dc/dc1/svc/web may not call spiffe://test.mesh/ns/default/dc/dc1/svc/payments"));

        Intend("allow");
        await UntilAsync(carried, "200");
    }

    [Test]
    public async Task Denied_client_gets_403_at_the_gateway_when_guard_and_worker_are_dead()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        using var client = new HttpClient(new GatewayMeshHandler(new GatewayMeshOptions
        {
            Outbound = hosts.Outbound.ToString(),
            Service = "web",
            RunDirectory = Path.Combine(Mesh.Folder, hosts.HostA.Name, "run"),
        }))
        {
            BaseAddress = new Uri("http://payments"),
        };
        using (var allowed = await client.GetAsync(new Uri("/work", UriKind.Relative)))
        {
            Assert.That((int)allowed.StatusCode, Is.EqualTo(200));
        }

        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        Intend("deny");
        var executed = 0;
        var last = "";
        await Eventually.Until(
            "the gateway denies",
            async () =>
            {
                executed = hosts.Payments.Executions;
                using var answer = await client.GetAsync(new Uri("/work", UriKind.Relative));
                last =
                    $"{(int)answer.StatusCode} "
                        + $"{string.Join(", ", answer.Headers.TryGetValues("Proxy-Status", out var status) ? status : [])} "
                            + $"{string.Join(", ", answer.Headers.Via)}";
                return (int)answer.StatusCode == 403;
            },
            () => Task.FromResult(last));

        using var denied = await client.GetAsync(new Uri("/work", UriKind.Relative));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(denied.Headers.GetValues("Proxy-Status").Single(), Does.Contain("error=http_request_denied; forwarded=?0"));
            Assert.That(hosts.Payments.Executions, Is.EqualTo(executed));
        }
    }

    [Test]
    public async Task Instance_without_a_sidecar_is_protected_from_a_denied_caller_and_check_reports_cleartext()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var legacy = Mesh.AddBackend("legacy");
        Write("legacy.yaml", $"kind: service\nname: legacy\naddress: 127.0.0.1\nport: {legacy.Port}\n");
        using var client = new PlainConnection(hosts.Outbound, "legacy");
        await UntilAsync(client, "200");

        Write("intentions.yaml", "kind: service-intentions\nname: legacy\nsources:\n  - name: web\n    action: deny\n");
        await UntilAsync(client, "403");
        var executed = legacy.Executions;
        await client.GetAsync();
        var (_, findings, _) = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", $"{hosts.HostA.Admin}");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(client.Answer, Does.StartWith("HTTP/1.1 403").And.Contain("intention_denied"));
            Assert.That(legacy.Executions, Is.EqualTo(executed));
            Assert.That(findings, Does.Contain("‼ cleartext legacy: has instances without a sidecar"));
        }
    }

    private static Task UntilAsync(PlainConnection connection, string status) => Eventually.Until(
        $"the answer is {status}",
        async () =>
        {
            await connection.GetAsync();
            return connection.Answer.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal);
        },
        () => Task.FromResult(connection.Answer));

    private void Intend(string action) =>
        Write("intentions.yaml", $"kind: service-intentions\nname: payments\nsources:\n  - name: web\n    action: {action}\n");

    private void Write(string file, string text)
    {
        var path = Path.Combine(Mesh.Registry, file);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
