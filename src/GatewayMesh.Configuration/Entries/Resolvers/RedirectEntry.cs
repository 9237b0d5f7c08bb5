using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Declared redirect: the destination of all calls. An empty part stays as in the target.</summary>
/// <param name="Service">Name of the destination service.</param>
/// <param name="ServiceSubset">Name of the destination subset.</param>
/// <param name="Datacenter">Name of the destination datacenter.</param>
public sealed record RedirectEntry(string Service, string ServiceSubset, string Datacenter)
{
    /// <summary>Location of the redirect; neither part of its meaning nor stored.</summary>
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
            reader.Optional("service", ScalarTypes.Service, ""),
            reader.Optional("serviceSubset", ScalarTypes.Text, ""),
            reader.Optional("datacenter", ScalarTypes.Name, "")) { At = reader.Location };
    }
}
