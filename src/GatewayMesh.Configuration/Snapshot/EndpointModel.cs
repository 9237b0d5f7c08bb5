using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>An instance of a service, identified by (service, id, address).</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Node">Node of the instance; empty when no node of the mesh fronts it.</param>
/// <param name="Address">Address to dial: the sidecar's inbound listener, or the instance itself when no sidecar fronts it.</param>
/// <param name="Healthy">Health according to the registry.</param>
public sealed record EndpointModel(string Service, string Id, string Node, HostPort Address, bool Healthy)
{
    /// <summary>
    /// True if no sidecar fronts the instance. It is then not a mesh peer: mesh headers are neither sent to it nor accepted from it.
    /// </summary>
    public bool IsBare => Node.Length == 0;

    /// <summary>
    /// Address of the application for callers that bypass the sidecar; null when other hosts cannot reach the application.
    /// </summary>
    public HostPort? Application { get; init; }

    /// <summary>
    /// True if the sidecar is a foreign proxy of Consul Connect, which sees a carrying gateway as the caller. Default: false.
    /// </summary>
    public bool IsForeign { get; init; }

    /// <summary>
    /// True if the sidecar runs requests with an idempotency key once, so that they may be sent to the instance again. Default: false.
    /// </summary>
    public bool KeepsKeys { get; init; }

    /// <summary>Metadata key of the zone.</summary>
    public const string ZoneKey = "zone";

    /// <summary>
    /// Share of requests relative to other instances: an instance of weight 2 gets twice as many as one of weight 1; 0: none while another
    /// instance has a weight. Default: 1.
    /// </summary>
    public int Weight { get; init; } = 1;

    /// <summary>Zone: the instance's metadata <c>zone</c>, else the zone of its node; null: unknown.</summary>
    public string? Zone { get; init; }

    /// <summary>Datacenter if not the snapshot's own; else empty. The peer's certificate must name it.</summary>
    public string Datacenter { get; init; } = "";

    /// <summary>User-defined metadata of the registration.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
