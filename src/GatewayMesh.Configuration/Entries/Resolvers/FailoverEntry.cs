using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Declared failover: the destination while the target has no healthy instance. An empty part stays as in the target.</summary>
public sealed record FailoverEntry
{
    /// <summary>Name of the destination service.</summary>
    public string Service { get => field ?? ""; init; } = "";

    /// <summary>Name of the destination subset.</summary>
    public string ServiceSubset { get => field ?? ""; init; } = "";

    /// <summary>Datacenters, in order.</summary>
    public ImmutableArray<string> Datacenters { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Several destinations, in order, instead of the three parts above (Consul 1.14 and later).</summary>
    public ImmutableArray<RedirectEntry> Targets { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Location of the failover; neither part of its meaning nor stored.</summary>
    [JsonIgnore]
    public SourceLocation At { get; init; }

    internal static FailoverEntry Bind(MappingReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["policy", "samenessGroup", "partition"])
        {
            reader.NotYet(key);
        }

        Tenancy.Read(reader);
        var entry = new FailoverEntry
        {
            At = reader.Location,
            Service = reader.Optional("service", ScalarTypes.Service, ""),
            ServiceSubset = reader.Optional("serviceSubset", ScalarTypes.Text, ""),
            Datacenters = reader.List("datacenters", ScalarTypes.Name),
            Targets = reader.Items("targets", RedirectEntry.Bind),
        };
        var plain = entry.Service.Length + entry.ServiceSubset.Length + entry.Datacenters.Length > 0;
        if (entry.Targets.Length > 0 && plain)
        {
            reader.Fail("targets", "conflicts with service, serviceSubset and datacenters", "declare all destinations in targets");
        }
        else if (entry.Targets.IsEmpty && !plain)
        {
            reader.Fail("is empty", "set one of service, serviceSubset and datacenters");
        }

        return entry;
    }
}
