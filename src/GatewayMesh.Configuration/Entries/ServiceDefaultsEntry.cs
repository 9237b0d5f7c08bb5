using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary><c>kind: service-defaults</c>, as in Consul.</summary>
public sealed record ServiceDefaultsEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service-defaults";

    /// <summary>
    /// <c>http</c>, <c>http2</c>, or <c>grpc</c>; null when not declared: instances then use the protocol of their registration, else
    /// <c>http</c>.
    /// </summary>
    public string? Protocol { get; init; }

    internal static ServiceDefaultsEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        foreach (
            var key in (ReadOnlySpan<string>)[
                "mode", "expose", "externalSNI", "upstreamConfig", "transparentProxy", "maxInboundConnections"])
        {
            reader.NotYet(key);
        }

        _ = reader.Map("meta");
        ReadMeshGateway(reader);
        return new ServiceDefaultsEntry
        {
            Name = name,
            Origin = origin,
            Protocol = reader.Optional("protocol", Protocols.OrNone, "") is { Length: > 0 } protocol ? protocol : null,
        };
    }

    /// <summary>
    /// Reads <c>meshGateway</c>. Other datacenters are dialed directly, so any mode except <c>none</c> would be a false promise.
    /// </summary>
    internal static void ReadMeshGateway(MappingReader reader)
    {
        if (reader.Has("meshGateway"))
        {
            _ = reader.Section("meshGateway", section => section.Optional("mode", MeshGatewayMode, "none"));
        }
    }

    private static ScalarType<string> MeshGatewayMode { get; } = new("use none", text => text is "none" or ""
        ? Scalar.Good(text)
        : Scalar.Bad<string>(
            text is "local" or "remote" ? $"{text} is not supported yet" : $"{Quoted.Of(text)} is not a known value",
            "use none, or remove the key: other datacenters are dialed directly"));
}
