using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>
/// <c>kind: proxy-defaults</c>, as in Consul: defaults of every service without <c>service-defaults</c>. There is a single entry, named
/// <c>global</c>.
/// </summary>
public sealed record ProxyDefaultsEntry : ConfigEntry
{
    /// <summary>The only valid name.</summary>
    public const string Global = "global";

    /// <inheritdoc/>
    public override string Kind => "proxy-defaults";

    /// <summary><c>Config.protocol</c>: <c>http</c>, <c>http2</c>, or <c>grpc</c>; null when not declared.</summary>
    public string? Protocol { get; init; }

    internal static ProxyDefaultsEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        if (name.Length > 0 && name != Global)
        {
            reader.Fail("name", $"{Quoted.Of(name)} is not a valid name of proxy-defaults", "set name: global");
        }

        foreach (
            var key in (ReadOnlySpan<string>)[
                "mode",
                "expose",
                "transparentProxy",
                "accessLogs",
                "envoyExtensions",
                "failoverPolicy",
                "prioritizeByLocality",
                "mutualTLSMode"])
        {
            reader.NotYet(key);
        }

        _ = reader.Map("meta");
        ServiceDefaultsEntry.ReadMeshGateway(reader);
        return new ProxyDefaultsEntry
        {
            Name = name,
            Origin = origin,
            Protocol = reader.Within("config", "protocol", Protocols.OrNone) is { Length: > 0 } protocol ? protocol : null,
        };
    }
}
