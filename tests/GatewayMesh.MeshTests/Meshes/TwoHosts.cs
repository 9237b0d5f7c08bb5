using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Backends;
using GatewayMesh.MeshTests.Clients;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>The mesh of most tests: <c>web</c> on host-a calls <c>payments</c> on host-b, with two gateways.</summary>
internal sealed class TwoHosts
{
    private TwoHosts(LocalMesh mesh, string moreOfHostB)
    {
        Outbound = FreePorts.Loopback();
        Inbound = FreePorts.Loopback();
        Payments = mesh.AddBackend("payments");
        HostA = mesh.AddSidecar("host-a",
            $"""
            - name: web
              port: {FreePorts.Next()}
              outbound: {Outbound}
              clientIdentity: true
            """);
        HostB = mesh.AddSidecar("host-b",
            $"""
            - name: payments
              port: {Payments.Port}
              inbound: {Inbound}
            {moreOfHostB}
            """);
        Gateways = [mesh.AddGateway("gw-1"), mesh.AddGateway("gw-2")];
    }

    /// <summary>The caller's sidecar, which most tests break.</summary>
    public MeshNode HostA { get; }

    public MeshNode HostB { get; }

    public IReadOnlyList<MeshNode> Gateways { get; }

    public CountingBackend Payments { get; }

    /// <summary>Outbound listener of <c>web</c>.</summary>
    public IPEndPoint Outbound { get; }

    public IPEndPoint Inbound { get; }

    /// <summary>Starts all nodes and waits until the mesh is healthy.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="moreOfHostB">Further services of host-b, as YAML. Default: none.</param>
    /// <param name="registry">The registry of the test's argument, checked. Default: any.</param>
    /// <param name="installation">The executable of host-a. Default: the file under test.</param>
    public static async Task<TwoHosts> StartAsync(
        LocalMesh mesh, string moreOfHostB = "", RegistryKind? registry = null, Installation? installation = null)
    {
        Assert.That(
            registry is null || (mesh.Consul is not null) == (registry == RegistryKind.Consul),
            "the mesh has the registry that the test asks for");
        var hosts = new TwoHosts(mesh, moreOfHostB);
        hosts.HostA.Executable = installation?.Executable;
        foreach (var node in mesh.Nodes)
        {
            node.Start();
        }

        foreach (var node in mesh.Nodes)
        {
            await Eventually.Until($"{node.Name} is ready", node.IsReadyAsync, () => Task.FromResult(mesh.Logs(20)));
        }

        await hosts.HostA.UntilAsync("the worker serves and both gateways are known", status => status is { Tier: "sidecar", Gateways: 2 });
        await hosts.UntilServedAsync();
        return hosts;
    }

    public PlainClient Load() => new(Outbound, "payments");

    public async Task<(Outcome Outcome, string Answer)> GetAsync()
    {
        using var connection = new PlainConnection(Outbound, "payments");
        var outcome = await connection.GetAsync();
        return (outcome, connection.Answer);
    }

    public async Task UntilServedAsync()
    {
        var last = "";
        await Eventually.Until("payments answers web", async () =>
        {
            (var outcome, last) = await GetAsync();
            return outcome == Outcome.Ok;
        }, () => Task.FromResult("last answer: " + last));
    }
}
