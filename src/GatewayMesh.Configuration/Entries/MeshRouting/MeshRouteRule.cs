using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Entries.MeshRouting;

/// <summary>One match of a rule of a route, with the rule's filters and backends.</summary>
/// <param name="Route">Kind, namespace, and name of the route, such as <c>HTTPRoute shop/api</c>.</param>
/// <param name="Index">Index of the rule in its route, from 0.</param>
public sealed record MeshRouteRule(string Route, int Index)
{
    /// <summary>Conditions on the request; null for all requests.</summary>
    public RouteMatch? Match { get; init; }

    /// <summary>Timeout of a request including all attempts; zero: none. Null for the policy's.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Timeout of each attempt; zero: none. Null for the policy's.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Changes to the header fields of requests; null for none.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses; null for none.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>Redirect that the mesh answers with; null for none.</summary>
    public RequestRedirect? RequestRedirect { get; init; }

    /// <summary>Rewrite of host and path; null for none.</summary>
    public UrlRewrite? UrlRewrite { get; init; }

    /// <summary>Service that gets copies of the requests; null for none.</summary>
    public MeshMirror? Mirror { get; init; }

    /// <summary>
    /// Reason why the rule is refused: its requests get an error, since a part that is not supported must not be skipped. Default: null,
    /// not refused.
    /// </summary>
    public string? Refused { get; init; }

    /// <summary>Backends. Without one that has a weight, and without a redirect, requests get an error.</summary>
    public ImmutableArray<MeshBackend> Backends { get => field.IsDefault ? [] : field; init; } = [];
}
