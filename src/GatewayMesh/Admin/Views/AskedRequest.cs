using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Admin.Views;

/// <summary>A hypothetical request from a query: <c>method</c>, <c>path</c> and <c>header=NAME:VALUE</c>.</summary>
/// <param name="Method">Method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">Header fields as <c>NAME:VALUE</c>.</param>
internal sealed record AskedRequest(string Method, string Target, IReadOnlyList<string> Headers) : IRequestFacts
{
    // Not public: ToString of a record prints public properties, and a ref struct cannot be printed.
    PathReadings IRequestFacts.Paths => PathReadings.Of(Target);

    /// <summary>Parses the query. Defaults: GET and <c>/</c>.</summary>
    public static AskedRequest Of(AdminRequest request, string? target = null) => new(
        request.QueryValue("method") is { Length: > 0 } method ? method.ToUpperInvariant() : "GET",
        target ?? (request.QueryValue("path") is { Length: > 0 } path ? path : "/"),
        request.QueryValues("header"));

    /// <summary>Returns the request as its first proxy sees the request.</summary>
    /// <param name="proxy">Bootstrap of the proxy.</param>
    /// <param name="host">Host, with or without a port.</param>
    public DescribedRequest Described(BootstrapSpec proxy, string host) => new(
        proxy switch
        {
            { Ingress: not null } => RequestDirection.Ingress,
            { Gateway: not null } => RequestDirection.Gateway,
            _ => RequestDirection.Outbound,
        },
        Method,
        host,
        Target,
        Headers.Select(header => header.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2 && pair[0].Length > 0)
            .Select(pair => KeyValuePair.Create(pair[0], pair[1])));

    /// <inheritdoc/>
    public FieldLines Field(string name) => LinesOf(other => other.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public FieldLines Twins(string name) => LinesOf(other => FieldLines.AreTwins(name, other));

    private FieldLines LinesOf(Func<string, bool> isMeant)
    {
        string[] lines = [.. Headers
            .Select(header => header.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2 && isMeant(pair[0]) && !MeshHeaders.IsMeshHeader(pair[0]))
            .Select(pair => pair[1])];
        return lines.Length == 0 ? default : new FieldLines(lines);
    }
}
