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
        MeshRole.Sidecar => [.. bootstrap.Sidecar!.Services.SelectMany(OfService)],
        MeshRole.Gateway => OfGateway(bootstrap.Gateway!, bootstrap.Identity == IdentityMode.Mtls),
        _ => [.. bootstrap.Ingress!.Listeners.Select(listener => OfIngress(listener.Address))],
    };

    private static ListenerSpec OfIngress(IPEndPoint address) =>
        new(string.Create(CultureInfo.InvariantCulture, $"ingress/{address.Port}"), ListenerKind.Ingress, address);

    // With certificates, tunnels use the peer listener and their own ALPN protocol name.
    private static ImmutableArray<ListenerSpec> OfGateway(GatewaySpec gateway, bool mutual)
    {
        var mesh = new ListenerSpec("mesh", ListenerKind.Mesh, gateway.Listen) { Service = gateway.Service };
        return mutual ? [mesh] : [mesh, new ListenerSpec("tunnel", ListenerKind.Tunnel, gateway.GuardListen)];
    }

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
