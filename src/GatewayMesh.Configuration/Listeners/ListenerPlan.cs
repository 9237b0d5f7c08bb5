using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Listeners;

/// <summary>Listeners declared by a bootstrap (all except admin and the private probe).</summary>
public static class ListenerPlan
{
    /// <summary>Listeners of <paramref name="bootstrap"/>, in file order.</summary>
    public static ImmutableArray<ListenerSpec> For(BootstrapSpec bootstrap) => bootstrap.Role switch
    {
        MeshRole.Sidecar => OfSidecar(bootstrap.Sidecar!),
        MeshRole.Gateway => OfGateway(bootstrap.Gateway!, bootstrap.Identity),
        _ => OfIngress(bootstrap.Ingress!),
    };

    /// <summary>Outbound, upstream, and inbound listeners of each service.</summary>
    public static ImmutableArray<ListenerSpec> OfSidecar(SidecarSpec sidecar) => [.. sidecar.Services.SelectMany(OfService)];

    /// <summary>
    /// The mesh listener, and with plaintext identity the tunnel listener. With certificates, tunnels use the mesh listener and their own
    /// ALPN protocol name.
    /// </summary>
    public static ImmutableArray<ListenerSpec> OfGateway(GatewaySpec gateway, IdentityMode identity)
    {
        var mesh = new ListenerSpec("mesh", ListenerKind.Mesh, gateway.Listen) { Service = gateway.Service };
        return identity == IdentityMode.Mtls ? [mesh] : [mesh, new ListenerSpec("tunnel", ListenerKind.Tunnel, gateway.GuardListen)];
    }

    /// <summary>The public listeners.</summary>
    public static ImmutableArray<ListenerSpec> OfIngress(IngressSpec ingress) =>
        [.. ingress.Listeners.Select(listener => OfPublic(listener.Address))];

    private static ListenerSpec OfPublic(IPEndPoint address) =>
        new(string.Create(CultureInfo.InvariantCulture, $"ingress/{address.Port}"), ListenerKind.Ingress, address);

    private static IEnumerable<ListenerSpec> OfService(LocalServiceSpec service)
    {
        if (service.Outbound is { } outbound)
        {
            yield return new ListenerSpec($"outbound/{service.Name}", ListenerKind.Outbound, outbound) { Service = service.Name };
        }

        foreach (var upstream in service.Upstreams)
        {
            yield return new ListenerSpec($"upstream/{service.Name}/{upstream.Service}", ListenerKind.Upstream, upstream.Address)
            {
                Service = service.Name,
                Upstream = upstream.Service,
            };
        }

        if (service.Inbound is { } inbound)
        {
            yield return new ListenerSpec($"inbound/{service.Name}", ListenerKind.Inbound, inbound)
            {
                Service = service.Name,
                Application = new HostPort(service.Address, service.Port),
                Protocol = service.Protocol,
            };
        }
    }
}
