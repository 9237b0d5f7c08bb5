using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>
/// A data plane with one listener of a kind that leads to an application of <c>payments</c>, for rules that apply to every kind.
/// </summary>
internal sealed class OneListener : IAsyncDisposable
{
    /// <summary>Kinds of listeners that accept requests of others.</summary>
    public static readonly ListenerKind[] Kinds =
        [ListenerKind.Outbound, ListenerKind.Upstream, ListenerKind.Inbound, ListenerKind.Mesh, ListenerKind.Tunnel, ListenerKind.Ingress];

    private readonly ListenerKind _kind;
    private readonly IPEndPoint _address;

    private OneListener(ListenerKind kind, Mesh mesh, IPEndPoint address) => (_kind, Mesh, _address) = (kind, mesh, address);

    public Mesh Mesh { get; }

    /// <summary>Required lines of an HTTP/1.1 request here, including Host.</summary>
    public string Lines => _kind == ListenerKind.Mesh ? "Host: payments\r\ngatewaymesh-destination: payments\r\n" : "Host: payments\r\n";

    /// <summary>Starts a listener that leads directly to an application that speaks <paramref name="protocol"/>.</summary>
    public static Task<OneListener> Start(ListenerKind kind, HostPort application, string protocol = "http") =>
        Start(kind, PolicyModel.Default, protocol, arePeers: false, application);

    /// <summary>Starts a listener that leads to these instances, which act as sidecars if <paramref name="arePeers"/>.</summary>
    public static async Task<OneListener> Start(
        ListenerKind kind, PolicyModel policy, string protocol, bool arePeers, params HostPort[] applications)
    {
        var mesh = await Mesh.Start(options => options with
        {
            RoleName = kind switch
            {
                ListenerKind.Ingress => "ingress",
                ListenerKind.Mesh or ListenerKind.Tunnel => "gateway",
                _ => "sidecar",
            },
        });
        _ = arePeers
            ? mesh.Service("payments", protocol, policy, applications)
            : mesh.BareService("payments", protocol, policy, applications);
        var address = mesh.Open(kind, "any", spec => spec with
        {
            Service = kind == ListenerKind.Inbound ? "payments" : "web",
            Upstream = kind == ListenerKind.Upstream ? "payments" : null,
            Application = kind == ListenerKind.Inbound ? applications[0] : null,
            Protocol = protocol,
        });
        if (kind == ListenerKind.Ingress)
        {
            mesh.Ingress(address.Port, ("*", "payments"));
        }

        return new OneListener(kind, mesh, address);
    }

    /// <summary>Opens a connection for requests, after a hello if the listener requires one.</summary>
    public async Task<RawConnection> Connect()
    {
        var connection = await RawConnection.To(_address);
        if (_kind == ListenerKind.Tunnel)
        {
            await connection.Send(new TunnelHello("web", null, "host-b", "1").ToBytes());
            await TunnelTests.Answer(connection);
        }

        return connection;
    }

    public async Task<H2Connection> ConnectHttp2() => await H2Connection.Open(await Connect());

    /// <summary>Returns an HTTP/2 head with the fields required here.</summary>
    public Fields Head(string method, string path, params (string Name, string Value)[] more) =>
        Fields.Request(method, path, "payments", _kind == ListenerKind.Mesh ? [("gatewaymesh-destination", "payments"), .. more] : more);

    /// <summary>Consecutive failures and ejections of all instances, from the data plane.</summary>
    public (int Failures, int Ejections) Evidence()
    {
        Mesh.Settle();
        return (
            Mesh.Plane.Inspection.Endpoints().Sum(one => one.ConsecutiveFailures),
            Mesh.Plane.Inspection.Endpoints().Sum(one => one.Ejections));
    }

    /// <summary>True for a 400 response, or a stream or connection ended with PROTOCOL_ERROR: RFC 9113 §8.1.1 permits each.</summary>
    public static async Task<bool> IsRefused(H2Connection client, Fields head)
    {
        await client.Request(head);
        var frame = await client.Read();
        return frame.Type switch
        {
            FrameType.Headers => Hpack.Decode(frame.Payload).Status == 400,
            FrameType.RstStream or FrameType.GoAway => frame.ErrorCode == 1,
            _ => false,
        };
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();
}
