using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary><c>kind: ingress-gateway</c>, as in Consul: services that an ingress exposes, by port and host.</summary>
public sealed record IngressGatewayEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "ingress-gateway";

    /// <summary>Listeners, one per port.</summary>
    public ImmutableArray<IngressListener> Listeners { get => field.IsDefault ? [] : field; init; } = [];

    internal static IngressGatewayEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        reader.NotYet("tls", "remove the key and listen in plain HTTP");
        reader.NotYet("TLS", "remove the key and listen in plain HTTP");
        reader.NotYet("defaults");
        _ = reader.Map("meta");
        var ports = new HashSet<int>();
        var listeners = reader.Items("listeners", item => IngressListener.Bind(item, ports));
        if (listeners.IsEmpty && !reader.Has("listeners"))
        {
            reader.Fail(
                reader.Location,
                reader.PathOf("listeners"),
                "is missing",
                "add a listener, for example listeners: [ { port: 8080, services: [ { name: web } ] } ]");
        }

        return new IngressGatewayEntry { Name = name, Origin = origin, Listeners = listeners };
    }
}
