using System.Collections.Frozen;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Ingress: the service of a public host on this port: the host itself, then <c>NAME.*</c>, then <c>*</c>.</summary>
internal sealed class ByPublicHost(string ingress) : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) =>
        exchange.Mesh.Snapshot.Ingress.TryGetValue((ingress, exchange.Arrival.Listener.Address.Port), out var routes)
        && Service(routes.Hosts, HostNames.Lower(HostNames.WithoutPort(exchange.Host))) is { } service
            ? exchange.Mesh.ServiceRoute(service)
            : null;

    private static string? Service(FrozenDictionary<string, string> hosts, string host)
    {
        if (hosts.TryGetValue(host, out var service))
        {
            return service;
        }

        var dot = host.IndexOf('.');
        return dot > 0 && hosts.TryGetValue(host[..dot] + ".*", out service) ? service : hosts.GetValueOrDefault("*");
    }
}
