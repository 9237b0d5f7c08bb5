using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>All calls go elsewhere, as declared. What is empty stays as it was.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="ServiceSubset">Name of its subset.</param>
/// <param name="Datacenter">Name of the datacenter.</param>
public sealed record RedirectEntry(string Service, string ServiceSubset, string Datacenter)
{
    /// <summary>Where it stands; not part of its meaning and not stored.</summary>
    [JsonIgnore]
    public SourceLocation At { get; init; }

    internal static RedirectEntry Bind(MappingReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["peer", "partition", "samenessGroup"])
        {
            reader.NotYet(key);
        }

        Tenancy.Read(reader);
        return new RedirectEntry(
            reader.Optional("service", ScalarTypes.Name, ""),
            reader.Optional("serviceSubset", ScalarTypes.Text, ""),
            reader.Optional("datacenter", ScalarTypes.Name, "")) { At = reader.Location };
    }
}
