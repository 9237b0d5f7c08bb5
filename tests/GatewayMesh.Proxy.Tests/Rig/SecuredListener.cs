using System.Net;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.Tests.Listeners;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>
/// A listener of one kind with the TLS that it has in a mesh with certificates, and an application of <c>payments</c> behind it. The test
/// writes the bytes of both.
/// </summary>
internal sealed class SecuredListener : IAsyncDisposable
{
    /// <summary>Kinds of listeners that accept requests of others.</summary>
    public static readonly ListenerKind[] Kinds =
        [ListenerKind.Outbound, ListenerKind.Inbound, ListenerKind.Mesh, ListenerKind.Tunnel, ListenerKind.Ingress];

    private readonly CertifiedMesh _mesh = new();
    private readonly EdgeFiles _files = new();
    private readonly ListenerKind _kind;
    private IPEndPoint _address = null!;

    private SecuredListener(ListenerKind kind) => _kind = kind;

    public Mesh Mesh { get; private set; } = null!;

    /// <summary>Required lines of a request here, without a Host.</summary>
    public string Lines => _kind == ListenerKind.Mesh ? "gatewaymesh-destination: payments\r\n" : "";

    public static async Task<SecuredListener> Start(
        ListenerKind kind, Backend application, PolicyModel? policy = null, Func<DataPlaneOptions, DataPlaneOptions>? with = null)
    {
        var listener = new SecuredListener(kind);
        await listener.Open(application, policy ?? PolicyModel.Default, with);
        return listener;
    }

    /// <summary>Opens a connection for requests, as the callers of this kind do.</summary>
    public async Task<RawConnection> Connect()
    {
        switch (_kind)
        {
            case ListenerKind.Outbound:
                return await RawConnection.To(_address);
            case ListenerKind.Ingress:
                return await RawConnection.ToTls(_address);
            case ListenerKind.Tunnel:
                var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), _address, ProtocolNames.Tunnel);
                await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
                Assert.That(await TunnelTests.Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok));
                return tunnel;
            default:
                return await CertifiedMesh.As(_mesh.Authority.Issue("web"), _address);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        _files.Dispose();
    }

    private async Task Open(Backend application, PolicyModel policy, Func<DataPlaneOptions, DataPlaneOptions>? with)
    {
        var (role, service) = _kind switch
        {
            ListenerKind.Outbound => ("sidecar", "web"),
            ListenerKind.Inbound => ("sidecar", "payments"),
            ListenerKind.Ingress => ("ingress", "gatewaymesh-ingress"),
            _ => ("gateway", "gatewaymesh-gateway"),
        };
        Mesh = await _mesh.Plane(role, [service], with);
        Mesh.BareService("payments", "http", policy, application.HostPort);
        _address = _kind switch
        {
            ListenerKind.Outbound => Mesh.Outbound(),
            ListenerKind.Inbound => CertifiedMesh.Inbound(Mesh, "payments", application),
            ListenerKind.Ingress => Mesh.Open(ListenerKind.Ingress, "ingress"),
            _ => CertifiedMesh.MeshListener(Mesh),
        };
        if (_kind == ListenerKind.Ingress)
        {
            using var certificate = _mesh.Authority.IssueFor(["localhost"]);
            Mesh.Plane.Reconfigure(_files.Showing(_address, certificate));
            Mesh.Ingress(_address.Port, ("*", "payments"));
        }
    }
}
