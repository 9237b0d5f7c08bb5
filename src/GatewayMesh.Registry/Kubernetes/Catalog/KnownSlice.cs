using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>The part of an EndpointSlice that is kept.</summary>
/// <param name="Key">Namespace and name of the slice.</param>
/// <param name="Service">Namespace and name of the Service.</param>
/// <param name="Family">Family of the addresses.</param>
/// <param name="Ports">TCP ports of the endpoints.</param>
/// <param name="Endpoints">Endpoints that answer.</param>
internal sealed record KnownSlice(
    ObjectKey Key, ObjectKey Service, AddressFamily Family, ImmutableArray<KnownPort> Ports, ImmutableArray<KnownEndpoint> Endpoints)
{
    /// <summary>Reads a slice. Returns null if it belongs to no Service, or has names in place of addresses, which is deprecated.</summary>
    public static KnownSlice? Of(EndpointSlice slice, NamePool names)
    {
        AddressFamily? family = slice.AddressType switch
        {
            "IPv4" => AddressFamily.InterNetwork,
            "IPv6" => AddressFamily.InterNetworkV6,
            _ => null,
        };
        if (family is not { } known || slice.Metadata.Labels.GetValueOrDefault(EndpointSlice.ServiceLabel) is not { Length: > 0 } service)
        {
            return null;
        }

        return new KnownSlice(
            slice.Metadata.Key,
            new ObjectKey(slice.Metadata.Namespace, service),
            known,
            [
                .. slice.Ports.Where(port => KnownPort.IsTcp(port.Protocol) && KnownPort.IsPort(port.Port)).Select(
                    port => new KnownPort(names.Of(port.Name), port.Port!.Value, names.Of(port.AppProtocol))),
            ],
            [.. slice.Endpoints.Select(endpoint => Read(endpoint, known, names)).OfType<KnownEndpoint>()]);
    }

    // The first address counts, as for kube-proxy. An endpoint that is neither ready nor serving is never called.
    private static KnownEndpoint? Read(SliceEndpoint endpoint, AddressFamily family, NamePool names)
    {
        var ready = endpoint.Conditions.Ready ?? true;
        if ((!ready && endpoint.Conditions.Serving != true)
            || endpoint.Addresses is not [var text, ..]
            || !IPAddress.TryParse(text, out var address)
            || address.AddressFamily != family)
        {
            return null;
        }

        var pod = endpoint.TargetRef;
        return new KnownEndpoint(pod is { Name.Length: > 0 } ? pod.Name : text, address.ToString(), ready)
        {
            Pod = Guid.TryParse(pod?.Uid, out var uid) ? uid : null,
            PodNamespace = names.Of(pod is { Kind: "Pod" } ? pod.Namespace : ""),
            Hostname = endpoint.Hostname.Length > 0 ? endpoint.Hostname : null,
            Node = endpoint.NodeName.Length > 0 ? names.Of(endpoint.NodeName) : null,
            Zone = endpoint.Zone.Length > 0 ? names.Of(endpoint.Zone) : null,
            ForZones = Places(endpoint.Hints.ForZones, names),
            ForNodes = Places(endpoint.Hints.ForNodes, names),
        };
    }

    private static ImmutableArray<string> Places(IReadOnlyList<HintedPlace> hints, NamePool names) =>
        hints.Count == 0 ? [] : [.. hints.Select(hint => names.Of(hint.Name))];
}
