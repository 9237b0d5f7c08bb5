using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>The end of a route at which the mesh answers with an error.</summary>
/// <param name="name">Cause in a few words.</param>
/// <param name="rule">Rule that led here, for logs: <c>ROUTE[RULE]</c>, otherwise the cause.</param>
/// <param name="error">Kind of the error.</param>
internal sealed class LiveAnswer(string name, string rule, MeshErrorKind error) : LiveNode(name)
{
    /// <summary>Rule that led here: <c>ROUTE[RULE]</c>, otherwise the cause.</summary>
    public string Rule { get; } = rule;

    /// <summary>Kind of the error.</summary>
    public MeshErrorKind Error { get; } = error;

    /// <inheritdoc/>
    public override bool Splits => false;
}
