using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>
/// The failover faults with plain HTTP/2 and gRPC clients side by side: each 500 requests per second, at most 20 streams at a time, on one
/// connection; and grpc-js with 20 callers on one channel. A killed or hung worker costs the streams open on it; a planned change costs
/// none.
/// </summary>
[TestFixture(RegistryKind.Folder)]
[TestFixture(RegistryKind.Consul)]
internal sealed class MultiplexedFailoverTests(RegistryKind registry) : MeshTest
{
    private readonly List<HttpMessageInvoker> _connections = [];
    private readonly List<PlainClient> _loads = [];
    private Applications _applications = null!;
    private GrpcLoad _grpc = null!;
    private TwoHosts _hosts = null!;

    private protected override RegistryKind Registry => registry;

    [SetUp]
    public async Task StartTheLoads()
    {
        _applications = await Applications.StartAsync();
        _hosts = await TwoHosts.StartAsync(
            Mesh, $"- name: calls\n  port: {_applications.Calls}\n  protocol: grpc\n  inbound: {FreePorts.Loopback()}\n");
        foreach (var isGrpc in new[] { false, true })
        {
            var connection = MultiplexedRequests.Connection();
            _connections.Add(connection);
            _loads.Add(new PlainClient(() => new MultiplexedRequests(connection, _hosts.Outbound, isGrpc ? "calls" : "payments", isGrpc)));
        }

        _grpc = new GrpcLoad(_hosts.Outbound, "calls");
        await UntilServedAsync(500);
    }

    [TearDown]
    public async Task EndTheLoads()
    {
        foreach (var load in _loads)
        {
            await load.DisposeAsync();
        }

        _grpc?.Dispose();
        _connections.ForEach(connection => connection.Dispose());
        _applications?.Dispose();
        _loads.Clear();
        _connections.Clear();
    }

    [Test]
    public async Task Killed_worker_costs_at_most_the_open_streams_and_refuses_none()
    {
        var before = await _hosts.HostA.StatusAsync();

        ProcessTable.Signal(before.Worker, ProcessTable.Kill);

        await UntilAnotherWorkerServes(before);
        await AssertThatAtMostTheOpenStreamsWereLost();
    }

    [Test]
    public async Task Hung_worker_costs_at_most_the_open_streams_and_refuses_none()
    {
        var before = await _hosts.HostA.StatusAsync();

        ProcessTable.Signal(before.Worker, ProcessTable.Stop);

        await UntilAnotherWorkerServes(before);
        await AssertThatAtMostTheOpenStreamsWereLost();
    }

    [Test]
    public async Task Drain_and_undo_fail_no_request()
    {
        await _hosts.HostA.PostAsync("/drain");
        await _hosts.HostA.UntilAsync("the gateways serve and the worker has ended", status => status is { Tier: "gateway", Worker: <= 0 });
        await UntilServedAsync(500);

        await _hosts.HostA.PostAsync("/drain", """{"undo":true}""");
        await _hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Worker: > 0, Lease: "leased" });
        await UntilServedAsync(500);

        // Carried connections are handed back once they are old: an HTTP/2 connection would never end by itself.
        await _hosts.HostA.UntilAsync("no connection is carried", status => status.Carried == 0);
        await AssertThatNothingFailed();
    }

    [Test]
    public async Task An_upgrade_fails_no_request()
    {
        var before = await _hosts.HostA.StatusAsync();

        await _hosts.HostA.PostAsync("/upgrade");

        await UntilAnotherWorkerServes(before);
        await Eventually.Until("the old worker has ended", () => ProcessTable.State(before.Worker) is null or 'Z');
        await AssertThatNothingFailed();
    }

    private Task UntilServedAsync(int more) =>
        Task.WhenAll([_grpc.UntilServedAsync(more / 2), .. _loads.Select(load => load.UntilServedAsync(more))]);

    private Task UntilAnotherWorkerServes(NodeStatus before) =>
        _hosts.HostA.UntilAsync(
            "a new worker serves",
            status => status.Worker > 0 && status.Worker != before.Worker && status is { Lease: "leased", Tier: "sidecar" });

    private async Task AssertThatAtMostTheOpenStreamsWereLost()
    {
        await UntilServedAsync(500);
        var (failed, errors) = await _grpc.StopAsync();

        // A caller may start its next call on the broken connection before grpc-js notices, and lose that call too.
        Assert.That(failed, Is.LessThanOrEqualTo(2 * GrpcLoad.Callers), errors);
        Assert.That(errors, Does.Not.Contain("ECONNREFUSED"));
        foreach (var load in _loads)
        {
            var report = await load.StopAsync();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(report.Refused, Is.Zero);
                Assert.That(report.Lost, Is.LessThanOrEqualTo(PlainClient.Connections));
                Assert.That(report.ServerErrors + report.Other, Is.Zero);
            }
        }
    }

    private async Task AssertThatNothingFailed()
    {
        await UntilServedAsync(500);
        var (failed, errors) = await _grpc.StopAsync();

        Assert.That(failed, Is.Zero, errors);
        foreach (var load in _loads)
        {
            Assert.That((await load.StopAsync()).Failed, Is.Zero);
        }
    }
}
