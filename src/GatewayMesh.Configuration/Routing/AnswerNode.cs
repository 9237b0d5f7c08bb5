namespace GatewayMesh.Configuration.Routing;

/// <summary>A terminal node whose requests the mesh answers with an error.</summary>
/// <param name="Name">Cause in a few words, such as <c>shop/none:80 (BackendNotFound)</c>.</param>
/// <param name="Answer">Kind of the error.</param>
public sealed record AnswerNode(string Name, RouteAnswer Answer) : RouteNode(Name);
