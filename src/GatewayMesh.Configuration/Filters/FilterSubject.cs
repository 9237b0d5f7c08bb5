using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Filters;

/// <summary>An instance as input of a filter: the part of Consul's data that every registry has.</summary>
public sealed record FilterSubject
{
    /// <summary><c>Service.ID</c>.</summary>
    public required string Id { get; init; }

    /// <summary><c>Service.Service</c>.</summary>
    public required string Service { get; init; }

    /// <summary><c>Service.Address</c>.</summary>
    public required string Address { get; init; }

    /// <summary><c>Service.Port</c>.</summary>
    public required int Port { get; init; }

    /// <summary><c>Service.Tags</c>.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary><c>Service.Meta</c>.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary><c>Node.Node</c>.</summary>
    public string Node { get; init; } = "";

    /// <summary><c>Node.Address</c>.</summary>
    public string NodeAddress { get; init; } = "";

    /// <summary><c>Node.Datacenter</c>.</summary>
    public string Datacenter { get; init; } = "";

    /// <summary><c>Node.Meta</c>.</summary>
    public IReadOnlyDictionary<string, string> NodeMeta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
