using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// A request as seen by the rules of routers. Created on the stack for each request; an ordinary request costs no allocation.
/// </summary>
internal readonly ref struct AskedRoute
{
    /// <param name="facts">Method and fields of the request.</param>
    /// <param name="pathAndQuery">Target of the request as received.</param>
    public AskedRoute(IRequestFacts facts, string pathAndQuery)
    {
        Facts = facts;
        Path = RoutePath.Read(pathAndQuery, out var query);
        Query = query;
    }

    /// <summary>Method and fields of the request.</summary>
    public IRequestFacts Facts { get; }

    /// <summary>Path in the normalized form that rules read, <see cref="RoutePath"/>.</summary>
    public ReadOnlySpan<char> Path { get; }

    /// <summary>Query without the question mark, as received.</summary>
    public ReadOnlySpan<char> Query { get; }
}
