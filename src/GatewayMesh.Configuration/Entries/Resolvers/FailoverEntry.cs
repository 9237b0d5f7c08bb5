using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Where calls go while nothing of the target is well, as declared. What is empty stays as it was.</summary>
public sealed record FailoverEntry
{
    /// <summary>Name of the service.</summary>
    public string Service { get; init; } = "";

    /// <summary>Name of its subset.</summary>
    public string ServiceSubset { get; init; } = "";

    /// <summary>Datacenters, in order.</summary>
    public ImmutableArray<string> Datacenters { get; init; } = [];

    /// <summary>Several places, in order, in place of the three above (Consul 1.14 and later).</summary>
    public ImmutableArray<RedirectEntry> Targets { get; init; } = [];

    /// <summary>Where it stands; not part of its meaning and not stored.</summary>
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
            Service = reader.Optional("service", ScalarTypes.Name, ""),
            ServiceSubset = reader.Optional("serviceSubset", ScalarTypes.Text, ""),
            Datacenters = reader.List("datacenters", ScalarTypes.Name),
            Targets = reader.Items("targets", RedirectEntry.Bind),
        };
        var plain = entry.Service.Length + entry.ServiceSubset.Length + entry.Datacenters.Length > 0;
        if (entry.Targets.Length > 0 && plain)
        {
            reader.Fail("targets", "stands beside service, serviceSubset or datacenters", "say all of it in targets");
        }
        else if (entry.Targets.IsEmpty && !plain)
        {
            reader.Fail("says nothing", "say one of service, serviceSubset and datacenters");
        }

        return entry;
    }
}
