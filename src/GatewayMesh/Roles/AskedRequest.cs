using GatewayMesh.Admin;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Roles;

/// <summary>A request that somebody asks about and nobody makes: <c>method</c>, <c>path</c> and <c>header=NAME:VALUE</c> of a query.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="Headers">Its header fields as <c>NAME:VALUE</c>.</param>
internal sealed record AskedRequest(string Method, string Target, IReadOnlyList<string> Headers) : IRequestFacts
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Paths => PathReadings.Of(Target);

    /// <summary>Reads it; GET and <c>/</c> where nothing is said.</summary>
    public static AskedRequest Of(AdminRequest request, string? target = null) => new(
        request.QueryValue("method") is { Length: > 0 } method ? method.ToUpperInvariant() : "GET",
        target ?? (request.QueryValue("path") is { Length: > 0 } path ? path : "/"),
        request.QueryValues("header"));

    /// <inheritdoc/>
    public string? Field(string name)
    {
        var values = Headers
            .Select(header => header.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase) && !MeshHeaders.IsMeshHeader(name))
            .Select(pair => pair[1])
            .ToList();
        return values.Count == 0 ? null : string.Join(',', values);
    }
}
