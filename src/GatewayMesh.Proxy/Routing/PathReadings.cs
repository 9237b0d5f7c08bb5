namespace GatewayMesh.Proxy.Routing;

/// <summary>The paths for which a rule must hold, given the target of a request.</summary>
public static class PathReadings
{
    /// <summary>The readings of <paramref name="pathAndQuery"/> without its query. A fragment, which has no place in a request (RFC 9112 §3.2), may be cut off by some and kept by others.</summary>
    public static IReadOnlyList<string> Of(string pathAndQuery)
    {
        ArgumentNullException.ThrowIfNull(pathAndQuery);
        var query = pathAndQuery.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? pathAndQuery : pathAndQuery[..query];
        var fragment = path.IndexOf('#', StringComparison.Ordinal);
        return fragment < 0 ? PathNormalization.Readings(path) : [.. PathNormalization.Readings(path).Union(PathNormalization.Readings(path[..fragment]))];
    }
}
