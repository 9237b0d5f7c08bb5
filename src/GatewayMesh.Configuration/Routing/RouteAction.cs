using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// Changes by a router's rule (Consul: <c>ServiceRouteDestination</c>). Undeclared values come from the policy of the target's service.
/// </summary>
public sealed record RouteAction
{
    /// <summary>Changes nothing.</summary>
    public static RouteAction None { get; } = new();

    /// <summary>Replacement for the matched path or path prefix; null to keep the path.</summary>
    public string? PrefixRewrite { get; init; }

    /// <summary>Overrides <c>timeouts.request</c>; null to keep it.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Overrides <c>timeouts.attempt</c>; null to keep it. Not in Consul.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Overrides the idle timeout of a stream; null to keep it (Consul 1.14 and later).</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Number of retries, that is, attempts minus one; null to keep it.</summary>
    public int? NumRetries { get; init; }

    /// <summary>True if failed connects are retried.</summary>
    public bool RetryOnConnectFailure { get; init; }

    /// <summary>Statuses that are retried.</summary>
    public ImmutableArray<int> RetryOnStatusCodes { get; init; } = [];

    /// <summary>Conditions that are retried, by Envoy's names, such as <c>5xx</c> and <c>reset</c> (Consul 1.14 and later).</summary>
    public ImmutableArray<string> RetryOn { get; init; } = [];

    /// <summary>Redirect that the mesh answers with; null for none. Not in Consul.</summary>
    public RequestRedirect? RequestRedirect { get; init; }

    /// <summary>Rewrite of host and path; null for none. Not in Consul.</summary>
    public UrlRewrite? UrlRewrite { get; init; }

    /// <summary>Changes to the header fields of requests; null for none (Consul 1.10 and later).</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses; null for none (Consul 1.10 and later).</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>
    /// True if these changes to header fields come before those of a split, as in the Gateway API. Default: false, after them, as in Envoy.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HeadersFirst { get; init; }

    /// <summary>Service that gets copies of the requests, in place of the policy's; null for the policy's. Not in Consul.</summary>
    public MeshMirror? Mirror { get; init; }
}
