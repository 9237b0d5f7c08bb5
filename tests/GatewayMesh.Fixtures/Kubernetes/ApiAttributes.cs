namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Action of a request, as rights see it.</summary>
/// <param name="Group">API group.</param>
/// <param name="Resource">Plural, with a subresource as <c>pods/status</c>.</param>
/// <param name="Verb">Verb.</param>
/// <param name="Namespace">Namespace; empty for the cluster.</param>
/// <param name="Name">Name; empty for all objects.</param>
internal sealed record ApiAttributes(string Group, string Resource, string Verb, string Namespace, string Name);
