using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary>Rewrite of the host and path that instances see (Gateway API: <c>HTTPURLRewriteFilter</c>). Not in Consul.</summary>
public sealed record UrlRewrite
{
    /// <summary>Host; null for the request's.</summary>
    public string? Hostname { get; init; }

    /// <summary>Change of the path; null to keep it.</summary>
    public PathChange? Path { get; init; }

    internal static UrlRewrite? Bind(MappingReader reader) => new()
    {
        Hostname = reader.Has("hostname") ? reader.Optional("hostname", ScalarTypes.Host, "") : null,
        Path = reader.Has("path") ? reader.Section("path", PathChange.Bind) : null,
    };
}
