using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A statically declared instance.</summary>
/// <param name="Id">Id of the instance. Default: <c>NAME-ADDRESS-PORT</c>.</param>
/// <param name="Address">Address to dial.</param>
public sealed record ServiceInstance(string Id, HostPort Address)
{
    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get => field ?? "http"; init => field = Protocols.Shared(value); } = "http";

    /// <summary>True if the instance is healthy. Default: true.</summary>
    public bool Healthy { get; init; } = true;

    /// <summary>Share of requests relative to other instances, 0 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Datacenter of the instance; empty for the reader's own.</summary>
    public string Datacenter { get => field ?? ""; init; } = "";

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>User-defined metadata.</summary>
    public ImmutableSortedDictionary<string, string> Meta
    {
        get => field ?? ImmutableSortedDictionary<string, string>.Empty;
        init => field = value is { IsEmpty: true } ? ImmutableSortedDictionary<string, string>.Empty : value;
    } = ImmutableSortedDictionary<string, string>.Empty;

    internal static ServiceInstance Bind(MappingReader reader, string service, string protocol)
    {
        var address = new HostPort(reader.Required("address", ScalarTypes.Host) ?? "", reader.Required("port", ScalarTypes.Port));
        return new ServiceInstance(reader.Optional("id", ScalarTypes.Text, $"{service}-{address.Host}-{address.Port}"), address)
        {
            Protocol = reader.Optional("protocol", Protocols.OfService, protocol),
            Healthy = reader.Optional("healthy", ScalarTypes.Flag, true),
            Weight = reader.Optional("weight", ScalarTypes.Number(0, 65535), 1),
            Datacenter = reader.Optional("datacenter", ScalarTypes.Name, ""),
            Tags = reader.List("tags", ScalarTypes.Text),
            Meta = reader.Map("meta"),
        };
    }
}
