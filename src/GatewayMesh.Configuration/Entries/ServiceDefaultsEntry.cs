using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary><c>kind: service-defaults</c>, as Consul has it.</summary>
public sealed record ServiceDefaultsEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service-defaults";

    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    internal static ServiceDefaultsEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        foreach (var key in (ReadOnlySpan<string>)["mode", "meshGateway", "expose", "externalSNI", "upstreamConfig", "transparentProxy", "maxInboundConnections"])
        {
            reader.NotYet(key);
        }

        _ = reader.Map("meta");
        return new ServiceDefaultsEntry { Name = name, Origin = origin, Protocol = reader.Optional("protocol", Protocols.OfService, "http") };
    }
}
