using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>One instance as a registry's catalogue has it: its sidecar's registration.</summary>
/// <param name="Id">Id of the instance (not of its sidecar).</param>
/// <param name="Node">Node that fronts it.</param>
/// <param name="Address">Its inbound listener.</param>
/// <param name="Healthy">Whether every check passes.</param>
public sealed record DiscoveredInstance(string Id, string Node, HostPort Address, bool Healthy)
{
    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>Where its application is dialled past its sidecar; null when others cannot.</summary>
    public HostPort? Application { get; init; }

    /// <summary>Its sidecar is another's (a foreign proxy of Consul Connect): it hears no mesh header and knows a gateway for nobody but itself. Default: false.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Whether it is not healthy for checks alone that warn, and none is critical. Default: false.</summary>
    public bool Warns { get; init; }

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Its share of the requests against that of others, 0 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Its zone as its node says it, or null; the pair <c>zone</c> of the instance itself goes before it.</summary>
    public string? Zone { get; init; }

    /// <summary>Free pairs.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>By content: read again, the same instance is equal.</summary>
    public bool Equals(DiscoveredInstance? other) =>
        other is not null && (Id, Node, Address, Healthy, Protocol, Application, IsForeign, Weight, Zone, Warns)
            == (other.Id, other.Node, other.Address, other.Healthy, other.Protocol, other.Application, other.IsForeign, other.Weight, other.Zone, other.Warns)
        && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan()) && Meta.SequenceEqual(other.Meta);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Node, Address, Healthy);
}
