using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary><c>kind: ingress-gateway</c>, as Consul has it: which services an ingress shows, on which ports, under which hosts.</summary>
public sealed record IngressGatewayEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "ingress-gateway";

    /// <summary>Its listeners, one a port.</summary>
    public ImmutableArray<IngressListener> Listeners { get; init; } = [];

    internal static IngressGatewayEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        reader.NotYet("tls", "leave it out and listen in plain HTTP");
        reader.NotYet("TLS", "leave it out and listen in plain HTTP");
        reader.NotYet("defaults");
        _ = reader.Map("meta");
        var ports = new HashSet<int>();
        var listeners = reader.Items("listeners", item => IngressListener.Bind(item, ports));
        if (listeners.IsEmpty && !reader.Has("listeners"))
        {
            reader.Fail(reader.Location, reader.PathOf("listeners"), "is missing", "add for example listeners: [ { port: 8080, services: [ { name: web } ] } ]");
        }

        return new IngressGatewayEntry { Name = name, Origin = origin, Listeners = listeners };
    }
}
