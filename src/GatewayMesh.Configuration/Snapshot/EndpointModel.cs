using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>One instance of a service: the same one by (service, id, address).</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Node">Node that it runs on; empty when no node of the mesh fronts it.</param>
/// <param name="Address">Where it is dialled: its sidecar's inbound listener, or the instance itself when no sidecar fronts it.</param>
/// <param name="Healthy">What the registry says of it.</param>
public sealed record EndpointModel(string Service, string Id, string Node, HostPort Address, bool Healthy)
{
    /// <summary>Whether no sidecar fronts it, so that it is no peer: it hears no mesh header, and none of its is believed.</summary>
    public bool IsBare => Node.Length == 0;

    /// <summary>Where its application is dialled past its sidecar; null when others cannot.</summary>
    public HostPort? Application { get; init; }

    /// <summary>Its sidecar is another's (a foreign proxy of Consul Connect), which takes a gateway that carries a call for the caller. Default: false.</summary>
    public bool IsForeign { get; init; }

    /// <summary>The pair of a registration that says the zone.</summary>
    public const string ZoneKey = "zone";

    /// <summary>Its share of the requests against that of others: one of weight 2 gets twice as many as one of weight 1; 0: none while another has a weight. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its zone: the pair <c>zone</c> of its registration, else what its node says; null: unknown.</summary>
    public string? Zone { get; init; }

    /// <summary>Datacenter that it is in, where that is another one than the snapshot's; empty for the own. The peer's certificate must name it.</summary>
    public string Datacenter { get; init; } = "";

    /// <summary>Free pairs from its registration.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
