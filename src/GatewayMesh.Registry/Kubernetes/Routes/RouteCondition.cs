namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A condition of a route at a parent.</summary>
/// <param name="Type">Type, such as <see cref="Accepted"/>.</param>
/// <param name="IsTrue">True for the status <c>True</c>, else <c>False</c>.</param>
/// <param name="Reason">Reason, one word of the Gateway API.</param>
/// <param name="Message">Description for people; empty if there is nothing to say.</param>
/// <param name="ObservedGeneration">Generation of the route that the condition describes.</param>
public sealed record RouteCondition(string Type, bool IsTrue, string Reason, string Message, long ObservedGeneration)
{
    /// <summary>Type and reason of a route that the parent takes.</summary>
    public const string Accepted = "Accepted";

    /// <summary>Type and reason of a route whose references all lead somewhere.</summary>
    public const string ResolvedRefs = "ResolvedRefs";

    /// <summary>Type of a route some of whose rules are refused.</summary>
    public const string PartiallyInvalid = "PartiallyInvalid";
}
