using GatewayMesh.Admin;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Roles;

/// <summary>A request that somebody asks about and nobody makes: <c>method</c>, <c>path</c> and <c>header=NAME:VALUE</c> of a query.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its path and query.</param>
/// <param name="Headers">Its header fields as <c>NAME:VALUE</c>.</param>
internal sealed record AskedRequest(string Method, string Target, IReadOnlyList<string> Headers) : IRequestFacts
{
    // Not public: ToString of a record prints public properties, and a ref struct cannot be printed.
    PathReadings IRequestFacts.Paths => PathReadings.Of(Target);

    /// <summary>Reads it; GET and <c>/</c> where nothing is said.</summary>
    public static AskedRequest Of(AdminRequest request, string? target = null) => new(
        request.QueryValue("method") is { Length: > 0 } method ? method.ToUpperInvariant() : "GET",
        target ?? (request.QueryValue("path") is { Length: > 0 } path ? path : "/"),
        request.QueryValues("header"));

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
