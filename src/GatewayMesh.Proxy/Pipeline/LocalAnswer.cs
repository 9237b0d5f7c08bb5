namespace GatewayMesh.Proxy.Pipeline;

/// <summary>A response of the data path itself that is not an error.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Plain-text body; empty for none.</param>
/// <param name="Node">Value of <c>gatewaymesh-node</c>, or null for none.</param>
internal sealed record LocalAnswer(int Status, string Body, string? Node);
