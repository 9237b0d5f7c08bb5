using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Entries;

/// <summary>One instance that nobody registers.</summary>
/// <param name="Id">Its id. Default: <c>NAME-ADDRESS-PORT</c>.</param>
/// <param name="Address">Where it is dialled.</param>
public sealed record ServiceInstance(string Id, HostPort Address)
{
    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>Whether it is fit for use. Default: true.</summary>
    public bool Healthy { get; init; } = true;

    /// <summary>Its share of the requests against that of others, 0 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Datacenter that it is in; empty for that of whoever reads it.</summary>
    public string Datacenter { get; init; } = "";

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Free pairs.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

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
