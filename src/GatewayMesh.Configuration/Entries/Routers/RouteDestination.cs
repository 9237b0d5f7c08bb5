using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary>Declared destination of a route, with changes to the request (Consul: <c>ServiceRouteDestination</c>).</summary>
public sealed record RouteDestination
{
    private static readonly ImmutableArray<string> Conditions =
    [
        "5xx",
        "gateway-error",
        "reset",
        "connect-failure",
        "envoy-ratelimited",
        "retriable-4xx",
        "refused-stream",
        "cancelled",
        "deadline-exceeded",
        "internal",
        "resource-exhausted",
        "unavailable",
    ];

    private static readonly ScalarType<string> Condition = ScalarTypes.Word<string>([.. Conditions.Select(word => (word, word))]);

    /// <summary>Name of the service; empty for the router's own service.</summary>
    public string Service { get => field ?? ""; init; } = "";

    /// <summary>Name of the subset; empty for none.</summary>
    public string ServiceSubset { get => field ?? ""; init; } = "";

    /// <summary>Replacement for the matched path or path prefix; null to keep the path.</summary>
    public string? PrefixRewrite { get; init; }

    /// <summary>Timeout of a request including all attempts; null for the policy's.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Idle timeout of a stream; null for the policy's.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Number of retries; null for the policy's.</summary>
    public int? NumRetries { get; init; }

    /// <summary>True if failed connects are retried. Default: false.</summary>
    public bool RetryOnConnectFailure { get; init; }

    /// <summary>Statuses that are retried. Default: none.</summary>
    public ImmutableArray<int> RetryOnStatusCodes { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Named conditions that are retried. Default: none.</summary>
    public ImmutableArray<string> RetryOn { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Changes to the header fields of requests; null for none.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses; null for none.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>Redirect that the mesh answers with; null for none.</summary>
    public RequestRedirect? RequestRedirect { get; init; }

    /// <summary>Rewrite of host and path; null for none.</summary>
    public UrlRewrite? UrlRewrite { get; init; }

    internal static RouteDestination Bind(MappingReader reader)
    {
        reader.NotYet("partition");
        Tenancy.Read(reader);
        return new RouteDestination
        {
            Service = reader.Optional("service", ScalarTypes.Service, ""),
            ServiceSubset = reader.Optional("serviceSubset", ScalarTypes.Text, ""),
            PrefixRewrite = reader.Has("prefixRewrite") ? reader.Optional("prefixRewrite", ScalarTypes.Text, "/") : null,
            RequestTimeout = reader.OrNull("requestTimeout", GoDuration.Type),
            IdleTimeout = reader.OrNull("idleTimeout", GoDuration.Type),
            NumRetries = reader.OrNull("numRetries", ScalarTypes.Number(0, 100)),
            RetryOnConnectFailure = reader.Optional("retryOnConnectFailure", ScalarTypes.Flag, false),
            RetryOnStatusCodes = reader.List("retryOnStatusCodes", ScalarTypes.Number(100, 599)),
            RetryOn = reader.List("retryOn", Condition),
            RequestRedirect = reader.Has("requestRedirect") ? reader.Section("requestRedirect", Routers.RequestRedirect.Bind) : null,
            UrlRewrite = reader.Has("urlRewrite") ? reader.Section("urlRewrite", Routers.UrlRewrite.Bind) : null,
            RequestHeaders = HeaderChanges.Bind(reader, "requestHeaders"),
            ResponseHeaders = HeaderChanges.Bind(reader, "responseHeaders"),
        };
    }
}
