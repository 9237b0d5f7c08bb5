using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>Compiles a Service and its EndpointSlices into the services of the mesh. Pure.</summary>
internal static class ServiceCompiler
{
    /// <summary>Compiles a Service.</summary>
    /// <param name="service">The Service.</param>
    /// <param name="slices">All slices of the Service, in any order.</param>
    /// <param name="place">Place of this node.</param>
    public static CompiledService Compile(KnownService service, IReadOnlyCollection<KnownSlice> slices, NodePlace place)
    {
        var services = ImmutableArray.CreateBuilder<DiscoveredService>(service.Ports.Length);
        var problems = ImmutableArray<string>.Empty;
        foreach (var port in service.Ports.OrderBy(port => port != service.Default))
        {
            if (services.Any(other => other.Frontend!.Port == port.Number))
            {
                continue; // TCP twice under one number: not possible at the API server
            }

            var protocol = AppProtocols.Of(port.AppProtocol);
            if (protocol is null)
            {
                problems = problems.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"port {port.Number} has appProtocol {port.AppProtocol}, and TLS to applications is not supported yet"));
            }

            services.Add(
                new DiscoveredService(
                    NameOf(service, port), protocol is null ? [] : Instances(service, port, protocol, slices, place))
                {
                    Frontend = new ServiceFrontend(port.Number, service.Addresses),
                });
        }

        return new CompiledService(services.ToImmutable(), problems);
    }

    /// <summary>Name of a port's service: <c>NAME.NAMESPACE</c> for the default port, else <c>NAME.NAMESPACE:PORT</c>.</summary>
    public static string NameOf(KnownService service, KnownPort port) => string.Create(
        CultureInfo.InvariantCulture,
        $"{service.Key.Name}.{service.Key.Namespace}{(port == service.Default ? "" : $":{port.Number}")}");

    private static ImmutableArray<DiscoveredInstance> Instances(
        KnownService service, KnownPort port, string protocol, IReadOnlyCollection<KnownSlice> slices, NodePlace place)
    {
        if (service.Alias is { } host)
        {
            return [new DiscoveredInstance(host, "", new HostPort(host, port.Number), Healthy: true) { Protocol = protocol }];
        }

        var usable = UsableEndpoints.In(slices, port.Name, place);
        var instances = ImmutableArray.CreateBuilder<DiscoveredInstance>(usable.Endpoints.Count);
        foreach (var ((_, number), endpoint) in usable.Endpoints)
        {
            instances.Add(
                new DiscoveredInstance(
                    endpoint.Id, "", new HostPort(endpoint.Address, number), Healthy: endpoint.IsReady || !usable.AnyReady)
                {
                    Protocol = protocol,
                    Hostname = endpoint.Hostname,
                    Zone = ZoneFor(endpoint, place),
                });
        }

        instances.Sort(
            static (left, right) => string.CompareOrdinal(left.Id, right.Id) is not 0 and var order ? order
                : string.CompareOrdinal(left.Address.Host, right.Address.Host) is not 0 and var address ? address
                : left.Address.Port.CompareTo(right.Address.Port));
        return instances.DrainToImmutable();
    }

    // Instances of this node's zone are preferred. An instance that is hinted to this zone counts as one of it, an instance that is hinted
    // to others does not.
    private static string? ZoneFor(KnownEndpoint endpoint, NodePlace place) =>
        endpoint.ForZones.IsEmpty ? endpoint.Zone
        : place.Zone is { } zone && endpoint.ForZones.Contains(zone) ? zone
        : endpoint.ForZones[0];
}
