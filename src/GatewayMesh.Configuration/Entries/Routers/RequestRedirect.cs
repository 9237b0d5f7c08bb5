using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary>
/// Redirect of the requests of a route, answered by the mesh (Gateway API: <c>HTTPRequestRedirectFilter</c>). Unset parts are those of the
/// request. Not in Consul.
/// </summary>
public sealed record RequestRedirect
{
    private static readonly ScalarType<string> SchemeWord = ScalarTypes.Word<string>([("http", "http"), ("https", "https")]);

    private static readonly ScalarType<int> Status = new("use 301, 302, 303, 307, or 308", text =>
        text is "301" or "302" or "303" or "307" or "308"
            ? Scalar.Good(int.Parse(text, System.Globalization.CultureInfo.InvariantCulture))
            : Scalar.Bad<int>($"{Quoted.Of(text)} is not the status of a redirect", "use 301, 302, 303, 307, or 308"));

    /// <summary>Scheme; null for the request's.</summary>
    public string? Scheme { get; init; }

    /// <summary>Host; null for the request's.</summary>
    public string? Hostname { get; init; }

    /// <summary>Port; null for the scheme's own port if <see cref="Scheme"/> is set, otherwise the request's.</summary>
    public int? Port { get; init; }

    /// <summary>Change of the path; null to keep it.</summary>
    public PathChange? Path { get; init; }

    /// <summary>Status: 301, 302, 303, 307, or 308. Default: 302.</summary>
    public int StatusCode { get; init; } = 302;

    internal static RequestRedirect? Bind(MappingReader reader) => new()
    {
        Scheme = reader.Has("scheme") ? reader.Optional("scheme", SchemeWord, "https") : null,
        Hostname = reader.Has("hostname") ? reader.Optional("hostname", ScalarTypes.Host, "") : null,
        Port = reader.OrNull("port", ScalarTypes.Port),
        Path = reader.Has("path") ? reader.Section("path", PathChange.Bind) : null,
        StatusCode = reader.Optional("statusCode", Status, 302),
    };
}
