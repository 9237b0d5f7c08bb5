using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>A request as the rules of routers see it. Made on the stack for each request; an ordinary one costs no allocation.</summary>
internal readonly ref struct AskedRoute
{
    /// <param name="facts">Method and fields.</param>
    /// <param name="pathAndQuery">Its target as it came.</param>
    public AskedRoute(IRequestFacts facts, string pathAndQuery)
    {
        Facts = facts;
        Path = RoutePath.Read(pathAndQuery, out var query);
        Query = query;
    }

    /// <summary>Method and fields.</summary>
    public IRequestFacts Facts { get; }

    /// <summary>Its path in the one form in which rules read it, <see cref="RoutePath"/>.</summary>
    public ReadOnlySpan<char> Path { get; }

    /// <summary>Its query without the question mark, as it came.</summary>
    public ReadOnlySpan<char> Query { get; }
}
