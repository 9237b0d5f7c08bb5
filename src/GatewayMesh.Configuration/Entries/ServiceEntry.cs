using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary><c>kind: service</c>: statically declared instances of a service.</summary>
public sealed record ServiceEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service";

    /// <summary>Instances of the service.</summary>
    public ImmutableArray<ServiceInstance> Instances { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Reads the rest of the entry: a single instance at the top level, or a list under <c>instances</c>.</summary>
    internal static ServiceEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        var protocol = reader.Optional("protocol", Protocols.OfService, "http");
        var many = reader.Items("instances", item => ServiceInstance.Bind(item, name, protocol));
        if (!reader.Has("instances"))
        {
            many = [ServiceInstance.Bind(reader, name, protocol)];
        }
        else
        {
            foreach (var key in (ReadOnlySpan<string>)["id", "address", "port", "meta", "tags", "healthy", "weight", "datacenter"])
            {
                if (reader.Has(key))
                {
                    reader.Fail(key, "conflicts with instances", "move the key into the items of instances");
                }
            }
        }

        return new ServiceEntry { Name = name, Origin = origin, Instances = many };
    }
}
