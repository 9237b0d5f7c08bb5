using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>An instance in a registry's catalog, that is, the registration of its sidecar.</summary>
/// <param name="Id">Id of the instance (not of its sidecar).</param>
/// <param name="Node">Node that fronts the instance.</param>
/// <param name="Address">Inbound listener of the sidecar.</param>
/// <param name="Healthy">True if all checks pass.</param>
public sealed record DiscoveredInstance(string Id, string Node, HostPort Address, bool Healthy)
{
    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get => field ?? "http"; init => field = Protocols.Shared(value); } = "http";

    /// <summary>
    /// Address of the application for callers that bypass the sidecar; null when other hosts cannot reach the application.
    /// </summary>
    public HostPort? Application { get; init; }

    /// <summary>
    /// True if the sidecar is a foreign proxy of Consul Connect. It ignores mesh headers and does not recognize gateways. Default: false.
    /// </summary>
    public bool IsForeign { get; init; }

    /// <summary>True if the sidecar runs requests with an idempotency key once. Default: false.</summary>
    public bool KeepsKeys { get; init; }

    /// <summary>
    /// Host name of the instance within its service, such as <c>db-0</c> of a StatefulSet; null if it has none. Default: null.
    /// </summary>
    public string? Hostname { get; init; }

    /// <summary>True if the instance is unhealthy only because checks warn; no check is critical. Default: false.</summary>
    public bool Warns { get; init; }

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Share of requests relative to other instances, 0 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Zone of the instance's node, or null; the instance's own metadata <c>zone</c> takes precedence.</summary>
    public string? Zone { get; init; }

    /// <summary>User-defined metadata.</summary>
    public ImmutableSortedDictionary<string, string> Meta
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init => field = value is { IsEmpty: true } ? ImmutableSortedDictionary<string, string>.Empty : value;
    } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Compares by content, so that the same instance read twice is equal.</summary>
    public bool Equals(DiscoveredInstance? other) =>
        other is not null && (Id, Node, Address, Healthy, Protocol, Application, IsForeign, KeepsKeys, Weight, Zone, Warns, Hostname)
            == (
                other.Id,
                other.Node,
                other.Address,
                other.Healthy,
                other.Protocol,
                other.Application,
                other.IsForeign,
                other.KeepsKeys,
                other.Weight,
                other.Zone,
                other.Warns,
                other.Hostname)
        && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan()) && Meta.SequenceEqual(other.Meta);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Node, Address, Healthy);
}
