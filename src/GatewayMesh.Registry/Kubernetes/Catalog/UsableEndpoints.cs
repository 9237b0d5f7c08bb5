using System.Net.Sockets;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>The endpoints of one port that this node may call.</summary>
/// <param name="Endpoints">Endpoints by address and port.</param>
/// <param name="AnyReady">True if at least one is ready; otherwise those count that still answer while they are terminating.</param>
internal readonly record struct UsableEndpoints(Dictionary<(string Address, int Port), KnownEndpoint> Endpoints, bool AnyReady)
{
    /// <summary>
    /// Finds the endpoints of a port: the union over all slices that have a port of this name. A pod with addresses of both families counts
    /// once, with the family of this node.
    /// </summary>
    /// <param name="slices">All slices of the Service.</param>
    /// <param name="port">Name of the port.</param>
    /// <param name="place">Place of this node.</param>
    public static UsableEndpoints In(IReadOnlyCollection<KnownSlice> slices, string port, NodePlace place)
    {
        var preferred = PodsOf(slices, port, place.Family);
        var found = new Dictionary<(string Address, int Port), KnownEndpoint>();
        foreach (var slice in slices)
        {
            foreach (var number in slice.Ports.Where(own => own.Name == port).Select(own => own.Number))
            {
                foreach (var endpoint in slice.Endpoints)
                {
                    if (slice.Family != place.Family && endpoint.Pod is { } pod && preferred.Contains(pod))
                    {
                        continue;
                    }

                    // While the controller moves an endpoint between slices, both may have it.
                    if (!found.TryGetValue((endpoint.Address, number), out var other) || Precedes(endpoint, other))
                    {
                        found[(endpoint.Address, number)] = endpoint;
                    }
                }
            }
        }

        KeepHintedTo(place.Node, found);
        return new UsableEndpoints(found, found.Values.Any(endpoint => endpoint.IsReady));
    }

    private static HashSet<Guid> PodsOf(IReadOnlyCollection<KnownSlice> slices, string port, AddressFamily family)
    {
        // Most Services have one family.
        if (slices.All(slice => slice.Family == family))
        {
            return [];
        }

        return
        [
            .. slices.Where(slice => slice.Family == family && slice.Ports.Any(own => own.Name == port))
                .SelectMany(slice => slice.Endpoints)
                .Select(endpoint => endpoint.Pod)
                .OfType<Guid>(),
        ];
    }

    // Independent of the order of the slices.
    private static bool Precedes(KnownEndpoint endpoint, KnownEndpoint other) =>
        endpoint.IsReady != other.IsReady ? endpoint.IsReady : string.CompareOrdinal(endpoint.Id, other.Id) < 0;

    // trafficDistribution: PreferSameNode. Only ready endpoints have hints.
    private static void KeepHintedTo(string? node, Dictionary<(string Address, int Port), KnownEndpoint> found)
    {
        if (node is null || !found.Values.Any(endpoint => endpoint.IsReady && endpoint.ForNodes.Contains(node)))
        {
            return;
        }

        foreach (var (key, endpoint) in found)
        {
            if (!endpoint.ForNodes.Contains(node))
            {
                _ = found.Remove(key);
            }
        }
    }
}
