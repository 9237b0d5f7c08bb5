using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>
/// The faults of the failover, with plain clients of HTTP/2 and gRPC: 500 requests a second, at most 20 streams at a time, on one connection. A killed or
/// hung worker takes the streams that are open with it; a planned change takes none.
/// </summary>
public sealed class MultiplexedFailoverTests : MeshTest
{
    private Applications? _applications;
    private HttpMessageInvoker? _connection;

    [TearDown]
    public void EndTheApplications()
    {
        _connection?.Dispose();
        _applications?.Dispose();
    }

    [Test]
    public async Task A_killed_worker_costs_at_most_the_open_streams_and_refuses_nobody([Values("HTTP/2", "gRPC")] string protocol)
    {
        var (hosts, load) = await StartAsync(protocol);
        await using var _ = load;
        var before = await hosts.HostA.StatusAsync();
        await load.UntilServedAsync(500);

        ProcessTable.Signal(before.Worker, ProcessTable.Kill);

        await UntilAnotherWorkerServes(hosts, before);
        await load.UntilServedAsync(500);
        AssertAtMostTheOpenStreams(await load.StopAsync());
    }

    [Test]
    public async Task A_hung_worker_costs_at_most_the_open_streams_and_refuses_nobody([Values("HTTP/2", "gRPC")] string protocol)
    {
        var (hosts, load) = await StartAsync(protocol);
        await using var _ = load;
        var before = await hosts.HostA.StatusAsync();
        await load.UntilServedAsync(500);

        ProcessTable.Signal(before.Worker, ProcessTable.Stop);

        await UntilAnotherWorkerServes(hosts, before);
        await load.UntilServedAsync(500);
        AssertAtMostTheOpenStreams(await load.StopAsync());
    }

    [Test]
    public async Task A_drain_and_its_undoing_fail_no_request([Values("HTTP/2", "gRPC")] string protocol)
    {
        var (hosts, load) = await StartAsync(protocol);
        await using var _ = load;
        await load.UntilServedAsync(500);

        await hosts.HostA.PostAsync("/drain");
        await hosts.HostA.UntilAsync("the gateways serve and the worker has gone", status => status is { Tier: "gateway", Worker: <= 0 });
        await load.UntilServedAsync(500);

        await hosts.HostA.PostAsync("/drain", """{"undo":true}""");
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Worker: > 0, Lease: "leased" });
        await load.UntilServedAsync(500);

        // What is carried is handed back once it is old: a connection of HTTP/2 would never end by itself.
        await hosts.HostA.UntilAsync("no connection is carried any more", status => status.Carried == 0);
        await load.UntilServedAsync(100);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    [Test]
    public async Task An_upgrade_fails_no_request([Values("HTTP/2", "gRPC")] string protocol)
    {
        var (hosts, load) = await StartAsync(protocol);
        await using var _ = load;
        var before = await hosts.HostA.StatusAsync();
        await load.UntilServedAsync(500);

        await hosts.HostA.PostAsync("/upgrade");

        await UntilAnotherWorkerServes(hosts, before);
        await Eventually.Until("the old worker has gone", () => ProcessTable.State(before.Worker) is null or 'Z');
        await load.UntilServedAsync(500);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    private static Task UntilAnotherWorkerServes(TwoHosts hosts, NodeStatus before) =>
        hosts.HostA.UntilAsync("a new worker serves", status => status.Worker > 0 && status.Worker != before.Worker && status is { Lease: "leased", Tier: "sidecar" });

    private static void AssertAtMostTheOpenStreams(ClientReport report)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Refused, Is.Zero);
            Assert.That(report.Lost, Is.LessThanOrEqualTo(PlainClient.Connections));
            Assert.That(report.ServerErrors + report.Other, Is.Zero);
        }
    }

    private async Task<(TwoHosts Hosts, PlainClient Load)> StartAsync(string protocol)
    {
        var isGrpc = protocol == "gRPC";
        _applications = isGrpc ? await Applications.StartAsync() : null;
        var hosts = await TwoHosts.StartAsync(Mesh, isGrpc ? $"- name: calls\n  port: {_applications!.Calls}\n  protocol: grpc\n  inbound: {FreePorts.Loopback()}\n" : "");
        _connection = MultiplexedRequests.Connection();
        return (hosts, new PlainClient(() => new MultiplexedRequests(_connection, hosts.Outbound, isGrpc ? "calls" : "payments", isGrpc)));
    }
}
