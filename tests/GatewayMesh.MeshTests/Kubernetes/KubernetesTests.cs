using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Kubernetes;

/// <summary>A sidecar whose registry is Kubernetes, end to end against a stub of the API server.</summary>
public sealed class KubernetesTests : MeshTest
{
    [Test]
    public async Task Every_form_of_a_name_is_routed_and_any_other_is_404()
    {
        await using var cluster = await Cluster.StartAsync(Mesh);
        await cluster.UntilServedAsync();

        foreach (
            var host in (string[])
            [
                "api", "api:80", "API", "api.shop", "api.shop.", "api.shop.svc", "api.shop.svc.cluster.local", "api.shop.svc.cluster.local:80",
                "api.shop:9090", "10.96.0.10", "10.96.0.10:9090", $"api:{cluster.Outbound.Port}", $"127.0.0.1:{cluster.Pod("api-2").Port}",
            ])
        {
            Assert.That(await cluster.AskAsync(host), Is.EqualTo(Outcome.Ok), host);
        }

        foreach (var host in (string[])["api:81", "api.bank", "nobody", "10.96.0.11", "api.shop.svc.example.com"])
        {
            using var connection = new PlainConnection(cluster.Outbound, host);
            Assert.That(await connection.GetAsync(), Is.EqualTo(Outcome.Other), host);
            Assert.That(connection.Answer, Does.StartWith("HTTP/1.1 404").And.Contain("error=destination_not_found"), host);
        }

        using var upstream = new PlainConnection(cluster.Upstream, "localhost");
        Assert.That(await upstream.GetAsync(), Is.EqualTo(Outcome.Ok), upstream.Answer);
        Assert.That(
            await cluster.Node.GetAsync("/explain?method=GET&url=http://api.shop.svc:9090/"), Does.Contain("\"service\": \"api.shop:9090\""));
        Assert.That(await cluster.Node.GetAsync("/metrics"), Does.Contain("destination=\"api.shop:9090\""));
        Assert.That(cluster.Server.Calls.Select(call => call.Method), Is.All.EqualTo("GET"), "a sidecar writes nothing");
    }

    [Test]
    public async Task Pods_that_end_are_not_ready_or_are_gone_fail_no_request()
    {
        await using var cluster = await Cluster.StartAsync(Mesh);
        await cluster.UntilServedAsync();
        await using var load = new PlainClient(cluster.Outbound, "api.shop");
        await cluster.UntilUsedAsync("api-1", load);

        cluster.SetPod("api-1", ready: false, serving: true, terminating: true);
        await cluster.UntilUnusedAsync("api-1", load);
        cluster.SetPod("api-1", ready: false, terminating: true);
        cluster.DropPod("api-1");
        await load.UntilServedAsync(200);

        cluster.SetPod("api-3", ready: false);
        await load.UntilServedAsync(200);
        Assert.That(cluster.Pod("api-3").Executions, Is.Zero, "not ready");
        cluster.SetPod("api-3", ready: true);
        await cluster.UntilUsedAsync("api-3", load);

        cluster.DropPod("api-2");
        await cluster.UntilUnusedAsync("api-2", load);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    [Test]
    public async Task API_server_that_is_cut_expires_dies_and_returns_fails_no_request()
    {
        await using var cluster = await Cluster.StartAsync(Mesh);
        await cluster.UntilServedAsync();
        await using var load = new PlainClient(cluster.Outbound, "api.shop");
        await load.UntilServedAsync(200);

        await cluster.Server.CutWatchesAsync();
        await load.UntilServedAsync(200);
        cluster.Server.Faults.Expired = true;
        cluster.Server.EndWatches();
        await load.UntilServedAsync(200);

        await cluster.Server.KillAsync();
        await cluster.Node.UntilAsync("the loss is reported", status => status.RegistryErrors != "[]");
        await load.UntilServedAsync(500);
        await cluster.Server.StartAgainAsync();
        await cluster.Node.UntilAsync("the return is reported", status => status.RegistryErrors == "[]");

        cluster.SetPod("api-3", ready: true);
        await cluster.UntilUsedAsync("api-3", load);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    [Test]
    public async Task Sidecar_started_while_the_API_server_is_gone_serves_from_disk()
    {
        await using var cluster = await Cluster.StartAsync(Mesh);
        await cluster.UntilServedAsync();
        var before = await cluster.Node.StatusAsync();
        await Mesh.UntilOnDiskAsync("web-1", "api.shop");
        await cluster.Server.KillAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await cluster.Node.Process.ExitAsync();

        cluster.Node.Start();
        await cluster.Node.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        await cluster.UntilServedAsync();
        Assert.That(await cluster.AskAsync("api.shop.svc.cluster.local:9090"), Is.EqualTo(Outcome.Ok));

        await cluster.Server.StartAgainAsync();
        await cluster.Node.UntilAsync("the API server is heard", status => status.RegistryErrors == "[]");
        Assert.That(await cluster.AskAsync("api"), Is.EqualTo(Outcome.Ok));
    }

    [Test]
    public async Task Route_of_the_Gateway_API_holds_for_its_port_alone()
    {
        await using var cluster = await Cluster.StartAsync(Mesh);
        await cluster.UntilServedAsync();

        _ = cluster.Server.Store.Seed("httproutes",
            """
            {"metadata":{"name":"api","namespace":"shop","creationTimestamp":"2026-01-01T00:00:00Z"},
             "spec":{"parentRefs":[{"group":"","kind":"Service","name":"api","port":80}],
              "rules":[{"matches":[{"path":{"type":"Exact","value":"/other"}}],"backendRefs":[{"kind":"Service","name":"api","port":80}]}]}}
            """);
        await Eventually.Until("a request that no rule matches is refused", async () => await cluster.AskAsync("api") == Outcome.Other);
        Assert.That(await cluster.AskAsync("api:9090"), Is.EqualTo(Outcome.Ok), "another port");
        Assert.That(await cluster.AskAsync($"127.0.0.1:{cluster.Pod("api-1").Port}"), Is.EqualTo(Outcome.Ok), "the address of a pod");

        cluster.Server.Store.Drop("httproutes", "shop", "api");
        await cluster.UntilServedAsync();
    }

    [Test]
    public async Task Token_that_is_replaced_is_read_again()
    {
        var file = Path.Combine(Mesh.Folder, "token");
        await File.WriteAllTextAsync(file, "first");
        await using var cluster = await Cluster.StartAsync(Mesh, tokenFile: file);
        cluster.Server.Accounts["first"] = ApiAccount.Service("shop", "web");
        await cluster.UntilServedAsync();

        _ = cluster.Server.Accounts.TryRemove("first", out _);
        cluster.Server.Accounts["second"] = ApiAccount.Service("shop", "web");
        await File.WriteAllTextAsync(file, "second");
        await cluster.Server.CutWatchesAsync();
        await using var load = new PlainClient(cluster.Outbound, "api.shop");
        cluster.SetPod("api-3", ready: true);
        await cluster.UntilUsedAsync("api-3", load);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
        await Eventually.Until("no error is left", async () => (await cluster.Node.StatusAsync()).RegistryErrors == "[]");
    }
}
