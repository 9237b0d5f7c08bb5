using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.ExternalAuthorization;

/// <summary>
/// External authorization over HTTP, as nginx's <c>auth_request</c> and Traefik's forward authentication: an answer 2xx lets the request
/// pass, any other refuses it. Without a URL and a service nothing is asked.
/// </summary>
public sealed record ExternalAuthorizationModel
{
    /// <summary>The defaults.</summary>
    public static ExternalAuthorizationModel Default { get; } = new();

    /// <summary>Address of the authorization service. Default: none, nothing is asked.</summary>
    public string Url { get; init; } = "";

    /// <summary>Authorization service of the mesh, reached through its sidecars. Default: none.</summary>
    public string Service { get; init; } = "";

    /// <summary>Path of the question to <see cref="Service"/>. Default: <c>/</c>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Method of the question. Default: GET.</summary>
    public AuthorizationMethod Method { get; init; }

    /// <summary>Fields of the request that the question has. Default: <c>authorization</c> and <c>cookie</c>.</summary>
    public ImmutableArray<string> RequestHeaders { get; init; } = ["authorization", "cookie"];

    /// <summary>
    /// Fields of an allowing answer that the application receives; a client's own fields of these names are always removed. Default: none.
    /// </summary>
    public ImmutableArray<string> ResponseHeaders { get; init; } = [];

    /// <summary>Longest body in bytes that the question has; 0 for none. A longer body is refused. Default: 0.</summary>
    public long MaxBodySize { get; init; }

    /// <summary>Time for an answer. Default: 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Concurrent questions of a process for a service. Default: 100.</summary>
    public int MaxConcurrent { get; init; } = 100;

    /// <summary>Time for which an allowing answer is kept for equal questions without a body. Default: 0 s, never.</summary>
    public TimeSpan Cache { get; init; }

    /// <summary>True if requests pass when the service does not answer. Default: false.</summary>
    public bool FailOpen { get; init; }

    /// <summary>True if a service is asked.</summary>
    [JsonIgnore]
    public bool IsOn => Url.Length > 0 || Service.Length > 0;

    internal ExternalAuthorizationModel Under(ExternalAuthorizationEntry entry) => this with
    {
        Url = entry.Url ?? (entry.Service is null ? Url : ""),
        Service = entry.Service ?? (entry.Url is null ? Service : ""),
        Path = entry.Path ?? Path,
        Method = entry.Method ?? Method,
        RequestHeaders = entry.RequestHeaders ?? RequestHeaders,
        ResponseHeaders = entry.ResponseHeaders ?? ResponseHeaders,
        MaxBodySize = entry.MaxBodySize ?? MaxBodySize,
        Timeout = entry.Timeout ?? Timeout,
        MaxConcurrent = entry.MaxConcurrent ?? MaxConcurrent,
        Cache = entry.Cache ?? Cache,
        FailOpen = entry.FailOpen ?? FailOpen,
    };
}
